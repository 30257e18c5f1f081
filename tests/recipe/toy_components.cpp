// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/recipe/toy_components.h"

#include "core/base/component.h"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>

namespace bitprism {

namespace {

const ParamText toyText{BITPRISM_TR("Component", "Toy"), BITPRISM_TR("Component", "Toy.")};

template <Kind componentKind> struct ToyInterface
{
    using Interface = ToyInterface;
    static constexpr Kind kind = componentKind;
    virtual ~ToyInterface() = default;
};

ComponentInfo toyInfo(const char *id)
{
    return {Kind::weights, id, BITPRISM_TR("Component", "Toy"), "test", {}};
}

struct RtnParams
{
    int bits = 4;
    int groupSize = 128;
    void visit(ParamVisitor &v)
    {
        v.integer("bits", bits, {2, 8}, toyText);
        v.integer("group_size", groupSize, {0, 65536}, toyText);
    }
};

struct GptqParams : RtnParams
{
    bool actOrder = false;
    double orderShare = 1;
    void visit(ParamVisitor &v)
    {
        RtnParams::visit(v);
        v.flag("act_order", actOrder, toyText);
        v.real("order_share", orderShare, {0, 1}, toyText);
        v.enabledIf("act_order", "true");
    }
    std::optional<ParamProblem> check() const
    {
        if (actOrder && groupSize == 0) {
            return ParamProblem{
                "act_order", BITPRISM_TR("Error", "must be off for whole rows"), {}};
        }
        return std::nullopt;
    }
};

struct GgmlParams
{
    std::string imatrix;
    void visit(ParamVisitor &v) { v.path("imatrix", imatrix, toyText); }
};

struct WindowsParams
{
    int samples = 16;
    int length = 64;
    double spread = 0.5;
    void visit(ParamVisitor &v)
    {
        v.integer("samples", samples, {1, 1000}, toyText);
        v.integer("length", length, {2, 4096}, toyText);
        v.real("spread", spread, {0, 1}, toyText);
    }
};

struct Rtn final : ToyInterface<Kind::weights>
{
    using Params = RtnParams;
    static ComponentInfo info() { return toyInfo("rtn"); }
    explicit Rtn(const Params &) { }
};

struct Gptq final : ToyInterface<Kind::weights>
{
    using Params = GptqParams;
    static ComponentInfo info() { return toyInfo("gptq"); }
    explicit Gptq(const Params &) { }
};

struct Ggml final : ToyInterface<Kind::weights>
{
    using Params = GgmlParams;
    static ComponentInfo info() { return toyInfo("ggml-q4-0"); }
    explicit Ggml(const Params &) { }
};

struct Windows final : ToyInterface<Kind::sampler>
{
    using Params = WindowsParams;
    static ComponentInfo info() { return toyInfo("random-windows"); }
    explicit Windows(const Params &) { }
};

struct None final : ToyInterface<Kind::activations>
{
    using Params = NoParams;
    static ComponentInfo info() { return toyInfo("none"); }
    explicit None(const Params &) { }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(weights, rtn, Rtn);
BITPRISM_EXPORT_COMPONENT(weights, gptq, Gptq);
BITPRISM_EXPORT_COMPONENT(weights, ggml_q4_0, Ggml);
BITPRISM_EXPORT_COMPONENT(sampler, random_windows, Windows);
BITPRISM_EXPORT_COMPONENT(activations, none, None);

namespace test {

void registerToyComponents()
{
    if (Registry::instance().ids(Kind::weights).empty()) {
        const std::array<const ComponentEntry *, 5> entries{
            &component_weights_rtn, &component_weights_gptq, &component_weights_ggml_q4_0,
            &component_sampler_random_windows, &component_activations_none};
        Registry::instance().add(entries);
    }
}

} // namespace test

} // namespace bitprism
