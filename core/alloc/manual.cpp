// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"
#include "core/recipe/resolve.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

namespace {

struct ManualParams
{
    Json layers = Json::object();

    void visit(ParamVisitor &v)
    {
        v.json("layers", layers,
               {BITPRISM_TR("Component", "Layers"),
                BITPRISM_TR("Component", "Bits, and ratio if need be, of each layer by name.")});
    }

    std::vector<LayerChoice> choices() const
    {
        return manualChoices({"manual", Json{{"layers", layers}}.dump()}, "allocation");
    }
};

class ManualFrontier final : public Frontier
{
public:
    ManualFrontier(AllocationProblem problem, const std::vector<LayerChoice> &layers)
        : m_units(std::move(problem))
    {
        std::map<std::string, LayerChoice> byName;
        for (const LayerChoice &layer : layers) {
            byName[layer.layer] = layer;
        }
        for (const AllocationUnit &unit : m_units.units()) {
            m_choice.push_back(choose(unit, byName));
            for (const std::size_t layer : unit.layers) {
                byName.erase(m_units.problem().layers[layer].name);
            }
        }
        if (!byName.empty()) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "The manual allocation names layer %1, which is not there."),
                byName.begin()->first);
        }
    }

    Allocation at(const Budget &budget) const override
    {
        ResourceLimits(budget, m_units).require(m_units.use(m_choice));
        return m_units.allocation(m_choice, "manual", "feasible");
    }

    std::vector<FrontierPoint> points() const override { return {m_units.point(m_choice)}; }

private:
    std::size_t choose(const AllocationUnit &unit,
                       const std::map<std::string, LayerChoice> &byName) const
    {
        std::optional<std::size_t> chosen;
        for (const std::size_t layer : unit.layers) {
            const std::string &name = m_units.problem().layers[layer].name;
            const auto listed = byName.find(name);
            if (listed == byName.end()) {
                continue;
            }
            const std::optional<std::size_t> found = find(unit, listed->second);
            if ((!found && !unit.isPinned) || (chosen && found && *found != *chosen)) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "The manual allocation gives layer %1 %2 bits, which were "
                                        "not probed or differ from the layers it is fused with."),
                            name, listed->second.bits);
            }
            chosen = found ? found : chosen; // a pin beats the list
        }
        if (!chosen && !unit.isPinned) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "The manual allocation lacks layer %1; add its bits."),
                        m_units.problem().layers[unit.layers.front()].name);
        }
        return chosen.value_or(0);
    }

    static std::optional<std::size_t> find(const AllocationUnit &unit, const LayerChoice &wanted)
    {
        for (std::size_t c = 0; c < unit.candidates.size(); ++c) {
            if (unit.candidates[c].bits == wanted.bits
                && unit.candidates[c].ratio == wanted.ratio) {
                return c;
            }
        }
        return std::nullopt;
    }

    AllocationUnits m_units;
    std::vector<std::size_t> m_choice;
};

/// Bits as somebody wrote them down, or as another allocation was saved.
class Manual final : public Allocator
{
public:
    using Params = ManualParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "manual";
        info.title = BITPRISM_TR("Component", "Bits by hand");
        return info;
    }
    explicit Manual(const Params &params)
        : m_layers(params.choices())
    {
    }

    std::string interactions() const override { return "automatic"; }
    bool needsBudget() const override { return false; }

    std::unique_ptr<const Frontier> solve(AllocationProblem problem, std::stop_token) const override
    {
        return std::make_unique<ManualFrontier>(std::move(problem), m_layers);
    }

private:
    std::vector<LayerChoice> m_layers;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(allocator, manual, Manual);

} // namespace bitprism
