// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/depth_axis.h"

#include <QCoreApplication>

#include <algorithm>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct DepthTexts
{
    Q_DECLARE_TR_FUNCTIONS(DepthAxis)
};

QString nameInStack(const StackInfo &stack, int block)
{
    //: a part of the model (encoder, decoder), and a block's number in it
    return DepthTexts::tr("%1 %2").arg(QString::fromStdString(stack.name)).arg(block);
}

} // namespace

bool hasSeveralStacks(const ModelInfo *model)
{
    return model != nullptr
        && std::count_if(model->stacks.begin(), model->stacks.end(),
                         [](const StackInfo &stack) { return stack.blocks > 0; })
        > 1;
}

QString blockName(const ModelInfo *model, const LayerInfo &layer)
{
    return hasSeveralStacks(model)
        ? nameInStack(model->stacks.at(static_cast<std::size_t>(layer.stack)), layer.block)
        : DepthTexts::tr("block %1").arg(layer.block);
}

PlotAxis depthAxis(const ModelInfo *model)
{
    PlotAxis axis{DepthTexts::tr("block")};
    axis.isInteger = true;
    for (std::size_t stack = 0; hasSeveralStacks(model) && stack < model->stacks.size(); ++stack) {
        for (int block = 0; block < model->stacks[stack].blocks; ++block) {
            axis.categories.append(nameInStack(model->stacks[stack], block));
        }
    }
    return axis;
}

double placeOnDepthAxis(const ModelInfo &model, const LayerInfo &layer)
{
    int place = layer.block;
    for (int stack = 0; hasSeveralStacks(&model) && stack < layer.stack; ++stack) {
        place += model.stacks.at(static_cast<std::size_t>(stack)).blocks;
    }
    return place;
}

} // namespace bitprism
