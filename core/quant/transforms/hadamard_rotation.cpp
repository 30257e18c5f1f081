// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/rotated_model.h"

namespace bitprism {

namespace {

struct HadamardRotationParams
{
    std::string residual = "offline";
    std::string heads = "offline";
    bool onlineHidden = false;
    bool onlineKeys = false;
    bool randomSigns = true;

    void visit(ParamVisitor &v)
    {
        v.choice("residual", residual,
                 {{"offline", BITPRISM_TR("Component", "Offline, in the weights")},
                  {"online", BITPRISM_TR("Component", "Online, before each layer")},
                  {"none", BITPRISM_TR("Component", "None")}},
                 {BITPRISM_TR("Component", "Residual stream"),
                  BITPRISM_TR("Component",
                              "Where the rotation of what enters attention and the MLP is done; "
                              "offline needs a pre-norm model, online works everywhere.")});
        v.choice(
            "heads", heads,
            {{"offline", BITPRISM_TR("Component", "Offline, within each head")},
             {"online", BITPRISM_TR("Component", "Across heads, partly online")},
             {"none", BITPRISM_TR("Component", "None")}},
            {BITPRISM_TR("Component", "Heads"),
             BITPRISM_TR("Component", "Rotation between the value and the output projection.")});
        v.flag("online_hidden", onlineHidden,
               {BITPRISM_TR("Component", "MLP hidden, online"),
                BITPRISM_TR("Component",
                            "Rotates the input of the MLP's last layer while the model runs.")});
        v.flag("online_keys", onlineKeys,
               {BITPRISM_TR("Component", "Queries and keys, online"),
                BITPRISM_TR("Component",
                            "Rotates queries and keys within each head after positions are "
                            "applied: for a quantized key cache.")});
        v.flag("random_signs", randomSigns,
               {BITPRISM_TR("Component", "Random signs"),
                BITPRISM_TR("Component",
                            "Signs each coordinate at random, from the seed, before the Hadamard "
                            "matrix.")});
    }
};

/// Spreads outliers over all channels by Hadamard matrices that cancel between neighbouring
/// weights; see RotatedModel.
class HadamardRotation final : public Transform
{
public:
    using Params = HadamardRotationParams;
    static ComponentInfo info()
    {
        return {Kind::transform,
                "hadamard-rotation",
                BITPRISM_TR("Component", "Hadamard rotation"),
                "Ashkboos et al., QuaRot, arXiv 2404.00456",
                {}};
    }
    explicit HadamardRotation(const Params &params)
        : m_params(params)
    {
    }

    TransformPlan plan(const ModelGraph &graph) const override
    {
        return planRotation(graph, parts());
    }
    std::shared_ptr<const ModelTransform> bind(const ModelGraph &graph, std::uint64_t seed,
                                               LearnedTensors) const override
    {
        return std::make_shared<RotatedModel>(graph, parts(), seed);
    }

private:
    RotationParts parts() const
    {
        RotationParts parts;
        parts.residualOffline = m_params.residual == "offline";
        parts.residualOnline = m_params.residual == "online";
        parts.headsOffline = m_params.heads == "offline";
        parts.headsOnline = m_params.heads == "online";
        parts.hiddenOnline = m_params.onlineHidden;
        parts.keysOnline = m_params.onlineKeys;
        parts.hasRandomSigns = m_params.randomSigns;
        return parts;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(transform, hadamard_rotation, HadamardRotation);

} // namespace bitprism
