<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Analysis</name>
    <message>
        <source>Open a model first.</source>
        <translation>请先打开一个模型。</translation>
    </message>
    <message>
        <source>Choose calibration data first.</source>
        <translation>请先选择校准数据。</translation>
    </message>
    <message>
        <source>The model is no longer at %1. Open it from where it lies now.</source>
        <translation>模型已不在 %1。请从它现在的位置打开。</translation>
    </message>
    <message>
        <source>Choose calibration data...</source>
        <translation>选择校准数据...</translation>
    </message>
    <message>
        <source>Choose calibration data</source>
        <translation>选择校准数据</translation>
    </message>
    <message>
        <source>This model cannot be run, so its weights alone are analysed and quantized: %1.</source>
        <translation>此模型无法运行，因此只分析和量化其权重：%1。</translation>
    </message>
    <message>
        <source>Sensitivity, ratios</source>
        <extracomment>the name of a run</extracomment>
        <translation>敏感度，比例</translation>
    </message>
    <message>
        <source>Sensitivity, %1</source>
        <extracomment>the name of a run; %1 is a quantizer&apos;s</extracomment>
        <translation>敏感度，%1</translation>
    </message>
    <message>
        <source>Outliers</source>
        <extracomment>the name of a run</extracomment>
        <translation>离群值</translation>
    </message>
</context>
<context>
    <name>Component</name>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Bits, and ratio if need be, of each layer by name.</source>
        <translation>按名称给出每一层的位宽，必要时给出比例。</translation>
    </message>
    <message>
        <source>Bits by hand</source>
        <translation>手动指定位宽</translation>
    </message>
    <message>
        <source>The best one measured</source>
        <translation>已测量的最佳指标</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL 散度</translation>
    </message>
    <message>
        <source>Change in loss, measured</source>
        <translation>实测的损失变化</translation>
    </message>
    <message>
        <source>Change in loss, predicted</source>
        <translation>预测的损失变化</translation>
    </message>
    <message>
        <source>Error of the layer&apos;s output</source>
        <translation>层输出的误差</translation>
    </message>
    <message>
        <source>Error of the weights</source>
        <translation>权重的误差</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>The sensitivity whose sum is made small.</source>
        <translation>使其总和尽量小的敏感度。</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>预算</translation>
    </message>
    <message>
        <source>Average stored bits per weight; 0: given elsewhere.</source>
        <translation>每个权重的平均存储位数；0：在别处给出。</translation>
    </message>
    <message>
        <source>Most damage avoided per bit</source>
        <translation>每位避免的损伤最多</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Width of every layer; 0: the best the budget allows.</source>
        <translation>每一层的位宽；0：预算允许的最佳值。</translation>
    </message>
    <message>
        <source>One width for all layers</source>
        <translation>所有层同一位宽</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>Number of calibration samples.</source>
        <translation>校准样本的数量。</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Tokens of one sample; cut to the model&apos;s context.</source>
        <translation>一个样本的词元数；截断到模型的上下文长度。</translation>
    </message>
    <message>
        <source>Random windows</source>
        <translation>随机窗口</translation>
    </message>
    <message>
        <source>Sequential windows</source>
        <translation>顺序窗口</translation>
    </message>
    <message>
        <source>KL divergence from the reference</source>
        <translation>相对参考模型的 KL 散度</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>困惑度</translation>
    </message>
    <message>
        <source>As in the source</source>
        <translation>与来源相同</translation>
    </message>
    <message>
        <source>F32</source>
        <translation>F32</translation>
    </message>
    <message>
        <source>F16</source>
        <translation>F16</translation>
    </message>
    <message>
        <source>BF16</source>
        <translation>BF16</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Element type of the weights that are written.</source>
        <translation>写出的权重的元素类型。</translation>
    </message>
    <message>
        <source>Safetensors, dequantized</source>
        <translation>Safetensors，已反量化</translation>
    </message>
    <message>
        <source>LLaMA group</source>
        <translation>LLaMA 系列</translation>
    </message>
    <message>
        <source>Asymmetric with zero (GPTQ)</source>
        <translation>含零的非对称（GPTQ）</translation>
    </message>
    <message>
        <source>Symmetric (GPTQ)</source>
        <translation>对称（GPTQ）</translation>
    </message>
    <message>
        <source>Asymmetric (AWQ)</source>
        <translation>非对称（AWQ）</translation>
    </message>
    <message>
        <source>Asymmetric (OmniQuant)</source>
        <translation>非对称（OmniQuant）</translation>
    </message>
    <message>
        <source>Symmetric (OmniQuant)</source>
        <translation>对称（OmniQuant）</translation>
    </message>
    <message>
        <source>Symmetric (QuaRot)</source>
        <translation>对称（QuaRot）</translation>
    </message>
    <message>
        <source>Symmetric (SmoothQuant)</source>
        <translation>对称（SmoothQuant）</translation>
    </message>
    <message>
        <source>16-bit float</source>
        <translation>16 位浮点</translation>
    </message>
    <message>
        <source>bfloat16</source>
        <translation>bfloat16</translation>
    </message>
    <message>
        <source>32-bit float</source>
        <translation>32 位浮点</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>完整范围</translation>
    </message>
    <message>
        <source>Least 2.4-norm error</source>
        <translation>2.4 范数误差最小</translation>
    </message>
    <message>
        <source>Least mean 2.4-norm error</source>
        <translation>平均 2.4 范数误差最小</translation>
    </message>
    <message>
        <source>Least output error</source>
        <translation>输出误差最小</translation>
    </message>
    <message>
        <source>Uniform codes with scales and zero points</source>
        <translation>带缩放因子与零点的均匀编码</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Bits per code.</source>
        <translation>每个编码的位数。</translation>
    </message>
    <message>
        <source>Clip ratio</source>
        <translation>裁剪比例</translation>
    </message>
    <message>
        <source>Per token, dynamic</source>
        <translation>逐词元，动态</translation>
    </message>
    <message>
        <source>Group size</source>
        <translation>分组大小</translation>
    </message>
    <message>
        <source>Input columns that share one grid; 0: the whole row.</source>
        <translation>共用一个网格的输入列数；0：整行。</translation>
    </message>
    <message>
        <source>Symmetric</source>
        <translation>对称</translation>
    </message>
    <message>
        <source>Ranges symmetric about zero, so that no zero point is stored.</source>
        <translation>范围关于零对称，因此无需存储零点。</translation>
    </message>
    <message>
        <source>Scale type</source>
        <translation>缩放因子类型</translation>
    </message>
    <message>
        <source>Type that scales are stored in.</source>
        <translation>存储缩放因子所用的类型。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Range rule</source>
        <translation>范围规则</translation>
    </message>
    <message>
        <source>How a grid follows from the range of its weights; automatic: GPTQ&apos;s.</source>
        <translation>网格如何由权重的范围得出；自动：GPTQ 的规则。</translation>
    </message>
    <message>
        <source>Clip search</source>
        <translation>裁剪搜索</translation>
    </message>
    <message>
        <source>Search for a shrunken range that loses less.</source>
        <translation>搜索损失更小的收缩范围。</translation>
    </message>
    <message>
        <source>the range rule %1 is asymmetric; leave the rule at auto or switch symmetric off</source>
        <translation>范围规则 %1 是非对称的；请保持规则为自动，或关闭对称</translation>
    </message>
    <message>
        <source>the range rule %1 needs 2 bits at least</source>
        <translation>范围规则 %1 至少需要 2 位</translation>
    </message>
    <message>
        <source>Damping</source>
        <translation>阻尼</translation>
    </message>
    <message>
        <source>Share of the Hessian&apos;s mean diagonal added to it.</source>
        <translation>加到 Hessian 上的、其对角线均值的比例。</translation>
    </message>
    <message>
        <source>Lazy block</source>
        <translation>惰性块</translation>
    </message>
    <message>
        <source>Columns between two updates of the rest; changes speed only.</source>
        <translation>两次更新其余列之间的列数；只影响速度。</translation>
    </message>
    <message>
        <source>Activation order</source>
        <translation>激活顺序</translation>
    </message>
    <message>
        <source>Round the columns with the largest inputs first.</source>
        <translation>先舍入输入最大的列。</translation>
    </message>
    <message>
        <source>Static groups</source>
        <translation>静态分组</translation>
    </message>
    <message>
        <source>Fit all grids before the first column is rounded.</source>
        <translation>在舍入第一列之前拟合所有网格。</translation>
    </message>
    <message>
        <source>True sequential</source>
        <translation>真正顺序</translation>
    </message>
    <message>
        <source>Collect statistics anew after each part of a block was quantized.</source>
        <translation>每量化完块的一部分后重新收集统计量。</translation>
    </message>
    <message>
        <source>GPTQ</source>
        <translation>GPTQ</translation>
    </message>
    <message>
        <source>Round to nearest</source>
        <translation>就近舍入</translation>
    </message>
    <message>
        <source>CSV</source>
        <translation>CSV</translation>
    </message>
    <message>
        <source>HTML page</source>
        <translation>HTML 页面</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>ggml&apos;s blocks</source>
        <translation>ggml 的块</translation>
    </message>
    <message>
        <source>All columns alike</source>
        <translation>所有列同等</translation>
    </message>
    <message>
        <source>Mean square of the inputs</source>
        <translation>输入的均方</translation>
    </message>
    <message>
        <source>Importance</source>
        <translation>重要性</translation>
    </message>
    <message>
        <source>What weighs the error of each input column.</source>
        <translation>每个输入列误差的权重由什么决定。</translation>
    </message>
    <message>
        <source>Smaller blocks, as llama.cpp takes</source>
        <translation>更小的块，与 llama.cpp 相同</translation>
    </message>
    <message>
        <source>Refuse the layer</source>
        <translation>拒绝该层</translation>
    </message>
    <message>
        <source>Indivisible rows</source>
        <translation>不可整除的行</translation>
    </message>
    <message>
        <source>What happens to a layer whose columns the block does not divide.</source>
        <translation>当块不能整除某层的列数时如何处理。</translation>
    </message>
    <message>
        <source>ggml IQ4_NL</source>
        <translation>ggml IQ4_NL</translation>
    </message>
    <message>
        <source>ggml Q2_K</source>
        <translation>ggml Q2_K</translation>
    </message>
    <message>
        <source>ggml Q3_K</source>
        <translation>ggml Q3_K</translation>
    </message>
    <message>
        <source>ggml Q4_0</source>
        <translation>ggml Q4_0</translation>
    </message>
    <message>
        <source>ggml Q4_K</source>
        <translation>ggml Q4_K</translation>
    </message>
    <message>
        <source>ggml Q5_K</source>
        <translation>ggml Q5_K</translation>
    </message>
    <message>
        <source>ggml Q6_K</source>
        <translation>ggml Q6_K</translation>
    </message>
    <message>
        <source>ggml Q8_0</source>
        <translation>ggml Q8_0</translation>
    </message>
    <message>
        <source>Codes with coded grids and outliers apart</source>
        <translation>带编码网格的编码，离群权重另存</translation>
    </message>
    <message>
        <source>Layer&apos;s output, by Hessian</source>
        <translation>层输出（用 Hessian）</translation>
    </message>
    <message>
        <source>Layer&apos;s output, sample by sample</source>
        <translation>层输出（逐样本）</translation>
    </message>
    <message>
        <source>Block&apos;s output</source>
        <translation>块输出</translation>
    </message>
    <message>
        <source>Objective</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Whose squared error is learned against; the Hessian stands for all samples at once and needs no forward passes.</source>
        <translation>学习所针对的平方误差；Hessian 一次代表全部样本，不需要前向计算。</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Steps of Adam, each on all samples (Hessian) or on one.</source>
        <translation>Adam 的步数，每步使用全部样本（Hessian）或一个样本。</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Of the rounding variables, which travel a few units in all.</source>
        <translation>舍入变量的学习率；这些变量总共只移动几个单位。</translation>
    </message>
    <message>
        <source>Regulariser</source>
        <translation>正则项</translation>
    </message>
    <message>
        <source>Weight of the term that drives roundings to 0 or 1.</source>
        <translation>把舍入推向 0 或 1 的项的权重。</translation>
    </message>
    <message>
        <source>First exponent</source>
        <translation>起始指数</translation>
    </message>
    <message>
        <source>Of the regulariser, after the warm-up.</source>
        <translation>预热之后正则项的指数。</translation>
    </message>
    <message>
        <source>Last exponent</source>
        <translation>最终指数</translation>
    </message>
    <message>
        <source>Of the regulariser, at the last step.</source>
        <translation>最后一步时正则项的指数。</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>Share of the steps without the regulariser.</source>
        <translation>不使用正则项的步数比例。</translation>
    </message>
    <message>
        <source>the exponent falls from beta_start</source>
        <translation>指数从 beta_start 开始下降</translation>
    </message>
    <message>
        <source>AdaRound</source>
        <translation>AdaRound</translation>
    </message>
    <message>
        <source>Scale search</source>
        <translation>缩放搜索</translation>
    </message>
    <message>
        <source>Scale up the columns with large inputs before rounding, and what feeds them down.</source>
        <translation>舍入前放大输入较大的列，并相应缩小产生这些输入的部分。</translation>
    </message>
    <message>
        <source>Ratios</source>
        <translation>比率数</translation>
    </message>
    <message>
        <source>Strengths of scaling that the search tries.</source>
        <translation>搜索所尝试的缩放强度个数。</translation>
    </message>
    <message>
        <source>Shrink each group&apos;s range where the layer&apos;s output gains; queries and keys are left out.</source>
        <translation>在有利于层输出时缩小每组的范围；查询和键除外。</translation>
    </message>
    <message>
        <source>AWQ</source>
        <translation>AWQ</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮数</translation>
    </message>
    <message>
        <source>Passes over the calibration samples, one step for each sample.</source>
        <translation>遍历校准样本的次数，每个样本一步。</translation>
    </message>
    <message>
        <source>Of the clipping factors&apos; logits.</source>
        <translation>裁剪因子 logit 的学习率。</translation>
    </message>
    <message>
        <source>Second target</source>
        <translation>第二目标</translation>
    </message>
    <message>
        <source>Learn against the full-precision block on the quantized stream&apos;s inputs too; for 2 bits.</source>
        <translation>同时以全精度块在量化流输入上的输出为目标学习；用于 2 位。</translation>
    </message>
    <message>
        <source>OmniQuant, learned clipping</source>
        <translation>OmniQuant，学习裁剪</translation>
    </message>
    <message>
        <source>Bits of scales</source>
        <translation>缩放因子位数</translation>
    </message>
    <message>
        <source>Bits per code of scales and zero points.</source>
        <translation>缩放因子和零点每个编码的位数。</translation>
    </message>
    <message>
        <source>Outlier threshold</source>
        <translation>离群阈值</translation>
    </message>
    <message>
        <source>In units of the mean weighed variance; smaller keeps more weights apart in 16 bits.</source>
        <translation>以平均加权方差为单位；越小，以 16 位另存的权重越多。</translation>
    </message>
    <message>
        <source>SpQR</source>
        <translation>SpQR</translation>
    </message>
    <message>
        <source>Tokens of a transcript at most; cut to the decoder&apos;s context.</source>
        <translation>转写最多的词元数；不超过解码器的上下文。</translation>
    </message>
    <message>
        <source>Shortest</source>
        <translation>最短</translation>
    </message>
    <message>
        <source>Shorter recordings are passed over.</source>
        <translation>更短的录音将被跳过。</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Longer recordings are passed over.</source>
        <translation>更长的录音将被跳过。</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录音</translation>
    </message>
    <message>
        <source>Tokens of a prompt at most; cut to the text tower&apos;s context.</source>
        <translation>提示最多的词元数；不超过文本塔的上下文。</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>What the text tower reads; {} stands for the image&apos;s class.</source>
        <translation>文本塔读取的内容；{} 代表图像的类别。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>图像</translation>
    </message>
    <message>
        <source>Classification accuracy</source>
        <translation>分类准确率</translation>
    </message>
    <message>
        <source>Pass</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Encoders: the one of seven passes to score; -1: all of them.</source>
        <translation>编码器：七轮中要评分的一轮；-1：全部。</translation>
    </message>
    <message>
        <source>Mask samples</source>
        <translation>掩码样本</translation>
    </message>
    <message>
        <source>Masked-diffusion models: Monte-Carlo samples per window.</source>
        <translation>掩码扩散模型：每个窗口的蒙特卡罗样本数。</translation>
    </message>
    <message>
        <source>Uniform</source>
        <translation>均匀</translation>
    </message>
    <message>
        <source>As LLaDA&apos;s released evaluation</source>
        <translation>与 LLaDA 发布的评估相同</translation>
    </message>
    <message>
        <source>Mask counts</source>
        <translation>掩码数量</translation>
    </message>
    <message>
        <source>How many tokens each Monte-Carlo sample masks.</source>
        <translation>每个蒙特卡罗样本掩盖多少词元。</translation>
    </message>
    <message>
        <source>Mask seed</source>
        <translation>掩码种子</translation>
    </message>
    <message>
        <source>Seed of the masks; models measured with one seed are paired.</source>
        <translation>掩码的种子；用同一种子测量的模型成对比较。</translation>
    </message>
    <message>
        <source>Masked negative log-likelihood</source>
        <translation>掩码负对数似然</translation>
    </message>
    <message>
        <source>Relative output error</source>
        <translation>相对输出误差</translation>
    </message>
    <message>
        <source>Normalise</source>
        <translation>规范化</translation>
    </message>
    <message>
        <source>Compare after the English normalisation of the open ASR leaderboard; off: words as they are written.</source>
        <translation>按开放语音识别排行榜的英语规范化后比较；关闭：按原文比较。</translation>
    </message>
    <message>
        <source>Word error rate</source>
        <translation>词错误率</translation>
    </message>
    <message>
        <source>&quot;a photo of a {}.&quot;</source>
        <translation>“a photo of a {}.”</translation>
    </message>
    <message>
        <source>The 18 of CIFAR</source>
        <translation>CIFAR 的 18 个</translation>
    </message>
    <message>
        <source>The class name alone</source>
        <translation>仅类别名称</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Texts that stand for a class; their mean counts.</source>
        <translation>代表一个类别的文本；取其均值。</translation>
    </message>
    <message>
        <source>Prompt file</source>
        <translation>提示文件</translation>
    </message>
    <message>
        <source>One prompt a line, {} for the class; in place of the choice.</source>
        <translation>每行一个提示，{} 代表类别；取代上面的选择。</translation>
    </message>
    <message>
        <source>Zero-shot image classification</source>
        <translation>零样本图像分类</translation>
    </message>
    <message>
        <source>ALBERT</source>
        <translation>ALBERT</translation>
    </message>
    <message>
        <source>BERT</source>
        <translation>BERT</translation>
    </message>
    <message>
        <source>CLIP</source>
        <translation>CLIP</translation>
    </message>
    <message>
        <source>GPT-2</source>
        <translation>GPT-2</translation>
    </message>
    <message>
        <source>LLaDA</source>
        <translation>LLaDA</translation>
    </message>
    <message>
        <source>Moonshine</source>
        <translation>Moonshine</translation>
    </message>
    <message>
        <source>OPT</source>
        <translation>OPT</translation>
    </message>
    <message>
        <source>RoBERTa</source>
        <translation>RoBERTa</translation>
    </message>
    <message>
        <source>Whisper</source>
        <translation>Whisper</translation>
    </message>
    <message>
        <source>Share of each token&apos;s extremes that the grid reaches.</source>
        <translation>网格覆盖每个词元极值的比例。</translation>
    </message>
    <message>
        <source>Share kept</source>
        <translation>保留比例</translation>
    </message>
    <message>
        <source>Per tensor</source>
        <translation>按张量</translation>
    </message>
    <message>
        <source>Per channel</source>
        <translation>按通道</translation>
    </message>
    <message>
        <source>Granularity</source>
        <translation>粒度</translation>
    </message>
    <message>
        <source>What shares a grid; one for each input channel shows what is possible, few programs can run it.</source>
        <translation>共享一个网格的范围；每个输入通道一个网格展示可能的上限，很少有程序能运行。</translation>
    </message>
    <message>
        <source>Static, smallest to largest</source>
        <translation>静态，最小值到最大值</translation>
    </message>
    <message>
        <source>Per token</source>
        <translation>按词元</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>键</translation>
    </message>
    <message>
        <source>What shares a grid among a head&apos;s keys.</source>
        <translation>一个头的键中共享网格的范围。</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>值</translation>
    </message>
    <message>
        <source>What shares a grid among a head&apos;s values.</source>
        <translation>一个头的值中共享网格的范围。</translation>
    </message>
    <message>
        <source>Tokens per group</source>
        <translation>每组词元数</translation>
    </message>
    <message>
        <source>Consecutive tokens that share the grids of a channel; an incomplete last group stays in full precision.</source>
        <translation>共享一个通道网格的连续词元；不完整的最后一组保持全精度。</translation>
    </message>
    <message>
        <source>Grids symmetric about zero; otherwise from the smallest to the largest value, with a zero point.</source>
        <translation>关于零对称的网格；否则从最小值到最大值，带零点。</translation>
    </message>
    <message>
        <source>Dynamic grids</source>
        <translation>动态网格</translation>
    </message>
    <message>
        <source>Full precision</source>
        <translation>全精度</translation>
    </message>
    <message>
        <source>A grid symmetric about zero; otherwise one from the smallest to the largest value, with a zero point.</source>
        <translation>关于零对称的网格；否则为从最小值到最大值的网格，带零点。</translation>
    </message>
    <message>
        <source>Offline, in the weights</source>
        <translation>离线，在权重中</translation>
    </message>
    <message>
        <source>Online, before each layer</source>
        <translation>在线，在每层之前</translation>
    </message>
    <message>
        <source>Residual stream</source>
        <translation>残差流</translation>
    </message>
    <message>
        <source>Where the rotation of what enters attention and the MLP is done; offline needs a pre-norm model, online works everywhere.</source>
        <translation>对进入注意力和 MLP 的内容的旋转在何处进行；离线需要前置归一化的模型，在线处处可用。</translation>
    </message>
    <message>
        <source>Offline, within each head</source>
        <translation>离线，在每个头内</translation>
    </message>
    <message>
        <source>Across heads, partly online</source>
        <translation>跨头，部分在线</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>头</translation>
    </message>
    <message>
        <source>Rotation between the value and the output projection.</source>
        <translation>值与输出投影之间的旋转。</translation>
    </message>
    <message>
        <source>MLP hidden, online</source>
        <translation>MLP 隐藏层，在线</translation>
    </message>
    <message>
        <source>Rotates the input of the MLP&apos;s last layer while the model runs.</source>
        <translation>模型运行时旋转 MLP 最后一层的输入。</translation>
    </message>
    <message>
        <source>Queries and keys, online</source>
        <translation>查询与键，在线</translation>
    </message>
    <message>
        <source>Rotates queries and keys within each head after positions are applied: for a quantized key cache.</source>
        <translation>应用位置之后在每个头内旋转查询和键：用于量化的键缓存。</translation>
    </message>
    <message>
        <source>Random signs</source>
        <translation>随机符号</translation>
    </message>
    <message>
        <source>Signs each coordinate at random, from the seed, before the Hadamard matrix.</source>
        <translation>在哈达玛矩阵之前，由种子为每个坐标随机取符号。</translation>
    </message>
    <message>
        <source>Hadamard rotation</source>
        <translation>哈达玛旋转</translation>
    </message>
    <message>
        <source>Migration strength</source>
        <translation>迁移强度</translation>
    </message>
    <message>
        <source>How much of the activations&apos; range moves into the weights: 0 leaves even weights, 1 even activations.</source>
        <translation>激活的范围有多少移入权重：0 使权重均匀，1 使激活均匀。</translation>
    </message>
    <message>
        <source>SmoothQuant</source>
        <translation>SmoothQuant</translation>
    </message>
    <message>
        <source>Seven for ImageNet</source>
        <translation>ImageNet 的七个</translation>
    </message>
    <message>
        <source>A llama.cpp imatrix file that weighs the errors of input columns.</source>
        <translation>为各输入列的误差加权的 llama.cpp imatrix 文件。</translation>
    </message>
    <message>
        <source>Allows 1, 3, 5, 6 and 7 bits, which only programs with compressed-tensors 0.17 or later read.</source>
        <translation>允许 1、3、5、6 和 7 位；只有使用 compressed-tensors 0.17 或更高版本的程序才能读取。</translation>
    </message>
    <message>
        <source>Also of an embedding that is the head. Automatic: as the other matrices, at least q6_k.</source>
        <translation>也用于兼作输出头的嵌入。自动：与其他矩阵相同，但至少为 q6_k。</translation>
    </message>
    <message>
        <source>As an importance matrix says</source>
        <translation>按重要性矩阵</translation>
    </message>
    <message>
        <source>Automatic: as the other matrices.</source>
        <translation>自动：与其他矩阵相同。</translation>
    </message>
    <message>
        <source>Block type of the matrices that a run left unquantized.</source>
        <translation>运行未量化的矩阵所用的块类型。</translation>
    </message>
    <message>
        <source>From the extremes, as llama.cpp does</source>
        <translation>由极值得出，与 llama.cpp 相同</translation>
    </message>
    <message>
        <source>GGUF</source>
        <translation>GGUF</translation>
    </message>
    <message>
        <source>How zero points are stored; older programs read v1.</source>
        <translation>零点的存储方式；较旧的程序读取 v1。</translation>
    </message>
    <message>
        <source>Importance matrix</source>
        <translation>重要性矩阵</translation>
    </message>
    <message>
        <source>Least squared error</source>
        <translation>平方误差最小</translation>
    </message>
    <message>
        <source>Other widths</source>
        <translation>其他位宽</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Pre-tokenizer</source>
        <translation>预分词器</translation>
    </message>
    <message>
        <source>Scales</source>
        <translation>缩放因子</translation>
    </message>
    <message>
        <source>Type of the embedding</source>
        <translation>嵌入的类型</translation>
    </message>
    <message>
        <source>Type of the head</source>
        <translation>输出头的类型</translation>
    </message>
    <message>
        <source>Zero points</source>
        <translation>零点</translation>
    </message>
    <message>
        <source>compressed-tensors</source>
        <translation>compressed-tensors</translation>
    </message>
    <message>
        <source>llama.cpp&apos;s name of the rule that splits a text into words; empty: found from the tokenizer.</source>
        <translation>llama.cpp 对文本切词规则的命名；留空则根据分词器判断。</translation>
    </message>
    <message>
        <source>v1 where all fit, else v2</source>
        <translation>全部适合时用 v1，否则用 v2</translation>
    </message>
    <message>
        <source>v1: one less than the zero point</source>
        <translation>v1：零点减一</translation>
    </message>
    <message>
        <source>v2: the zero point itself</source>
        <translation>v2：零点本身</translation>
    </message>
    <message>
        <source>Measured pairs, if there are any</source>
        <translation>已测量的层对（如果有）</translation>
    </message>
    <message>
        <source>None: damages add up</source>
        <translation>无：损伤相加</translation>
    </message>
    <message>
        <source>Measured pairs</source>
        <translation>已测量的层对</translation>
    </message>
    <message>
        <source>Fisher projection</source>
        <translation>费舍尔投影</translation>
    </message>
    <message>
        <source>Measured pairs, the projection elsewhere</source>
        <translation>已测量的层对，其余用投影</translation>
    </message>
    <message>
        <source>Interactions</source>
        <translation>交互</translation>
    </message>
    <message>
        <source>What two layers cost together beyond the sum of both alone.</source>
        <translation>两层一起量化时，超出各自单独代价之和的部分。</translation>
    </message>
    <message>
        <source>Largest frontier</source>
        <translation>最大前沿</translation>
    </message>
    <message>
        <source>Points beyond which the frontier is thinned, and the optimum no longer certain.</source>
        <translation>前沿超过此点数后会被稀疏化，最优性不再有保证。</translation>
    </message>
    <message>
        <source>Least damage with interactions, exact</source>
        <translation>考虑交互的最小损伤，精确求解</translation>
    </message>
    <message>
        <source>Time limit</source>
        <translation>时间限制</translation>
    </message>
    <message>
        <source>Of one budget; what was best until then is taken.</source>
        <translation>针对一个预算；届时取已找到的最优解。</translation>
    </message>
    <message>
        <source>Least sum of damages, integer program</source>
        <translation>损伤之和最小，整数规划</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>Share of high-impact weights in every layer, where the sensitivity run probed ratios; -1: the best the budget allows.</source>
        <translation>敏感度运行探测了比例时，每层中高影响权重的比例；-1：预算允许的最佳值。</translation>
    </message>
    <message>
        <source>Channels on grids of two widths</source>
        <translation>两种位宽网格上的通道</translation>
    </message>
    <message>
        <source>Bits per code of all but the high-impact channels.</source>
        <translation>除高影响通道外每个编码的位数。</translation>
    </message>
    <message>
        <source>High-impact bits</source>
        <translation>高影响位宽</translation>
    </message>
    <message>
        <source>Bits per code of the high-impact channels.</source>
        <translation>高影响通道每个编码的位数。</translation>
    </message>
    <message>
        <source>Share of high-impact channels where no allocation names one.</source>
        <translation>分配未指定时，高影响通道的比例。</translation>
    </message>
    <message>
        <source>Both parts to nearest</source>
        <translation>两部分均就近舍入</translation>
    </message>
    <message>
        <source>GPTQ on mixed grids</source>
        <translation>混合网格上的 GPTQ</translation>
    </message>
    <message>
        <source>Learned rounding and clipping</source>
        <translation>学习舍入与裁剪</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>方法</translation>
    </message>
    <message>
        <source>How both parts are quantized.</source>
        <translation>两部分如何量化。</translation>
    </message>
    <message>
        <source>Fisher information times squared error</source>
        <translation>费舍尔信息乘以平方误差</translation>
    </message>
    <message>
        <source>Fisher information</source>
        <translation>费舍尔信息</translation>
    </message>
    <message>
        <source>Inputs times weights, squared</source>
        <translation>输入与权重之积的平方</translation>
    </message>
    <message>
        <source>Impact scores</source>
        <translation>影响分数</translation>
    </message>
    <message>
        <source>What ranks the channels of a layer.</source>
        <translation>用什么给层内通道排序。</translation>
    </message>
    <message>
        <source>Input channels</source>
        <translation>输入通道</translation>
    </message>
    <message>
        <source>Output channels</source>
        <translation>输出通道</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>What is kept at the higher width.</source>
        <translation>以较高位宽保留的对象。</translation>
    </message>
    <message>
        <source>Shared channels</source>
        <translation>共享通道</translation>
    </message>
    <message>
        <source>Layers fed by one tensor keep the same input channels.</source>
        <translation>由同一张量供给的各层保留相同的输入通道。</translation>
    </message>
    <message>
        <source>high-impact channels are wider than the others</source>
        <translation>高影响通道的位宽须大于其余通道</translation>
    </message>
    <message>
        <source>only Fisher scores of input channels can be shared</source>
        <translation>只有输入通道的费舍尔分数可以共享</translation>
    </message>
    <message>
        <source>Others first</source>
        <translation>其余在先</translation>
    </message>
    <message>
        <source>High-impact first</source>
        <translation>高影响在先</translation>
    </message>
    <message>
        <source>Column order</source>
        <translation>列顺序</translation>
    </message>
    <message>
        <source>Which part is rounded first; the other absorbs its errors.</source>
        <translation>哪一部分先舍入；另一部分吸收其误差。</translation>
    </message>
    <message>
        <source>Steps of Adam, each on one calibration sample.</source>
        <translation>Adam 的步数，每步用一个校准样本。</translation>
    </message>
    <message>
        <source>Learning rate of roundings</source>
        <translation>舍入的学习率</translation>
    </message>
    <message>
        <source>Learning rate of clipping</source>
        <translation>裁剪的学习率</translation>
    </message>
    <message>
        <source>High-impact channels at a higher width</source>
        <translation>高影响通道用较高位宽</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Finds the share of tokens kept by what the clipping does to the network&apos;s output; otherwise the share below holds.</source>
        <translation>按裁剪对网络输出的影响寻找保留词元的比例；否则使用下面的比例。</translation>
    </message>
    <message>
        <source>Quantile of the tokens&apos; extremes that every range reaches; 1: the whole range, averaged over batches.</source>
        <translation>每个范围所达到的词元极值分位数；1：整个范围，在各批次间取平均。</translation>
    </message>
    <message>
        <source>Step of the share</source>
        <translation>比例的步长</translation>
    </message>
    <message>
        <source>Between the shares that are tried; 0: as published, from the tokens of a batch, at most 0.01.</source>
        <translation>所尝试的各比例之间的间隔；0：如论文所述，由一个批次的词元数得出，至多 0.01。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批次</translation>
    </message>
    <message>
        <source>Calibration samples whose tokens are ranked together; ranges are averaged over batches.</source>
        <translation>词元一起排序的校准样本数；范围在各批次间取平均。</translation>
    </message>
    <message>
        <source>What fits the model</source>
        <translation>适合该模型的方式</translation>
    </message>
    <message>
        <source>Squared error of the output</source>
        <translation>输出的平方误差</translation>
    </message>
    <message>
        <source>KL divergence of the output</source>
        <translation>输出的 KL 散度</translation>
    </message>
    <message>
        <source>Judged by</source>
        <translation>评判依据</translation>
    </message>
    <message>
        <source>What is compared with the network that rounds nothing; fitting: the divergence for language models, else the squared error.</source>
        <translation>与不作舍入的网络比较什么；适合的方式：语言模型用散度，其他用平方误差。</translation>
    </message>
    <message>
        <source>In full precision</source>
        <translation>全精度</translation>
    </message>
    <message>
        <source>Quantized</source>
        <translation>已量化</translation>
    </message>
    <message>
        <source>Weights meanwhile</source>
        <translation>搜索时的权重</translation>
    </message>
    <message>
        <source>What the network computes with during the search.</source>
        <translation>搜索期间网络用什么来计算。</translation>
    </message>
    <message>
        <source>Epochs of the fine stage</source>
        <translation>细调阶段的轮数</translation>
    </message>
    <message>
        <source>Passes that learn scales and zero points by gradient, from the searched ranges on; what was best is kept.</source>
        <translation>从搜索到的范围出发，用梯度学习缩放因子和零点的遍数；保留最好的结果。</translation>
    </message>
    <message>
        <source>Of the fine stage (Adam); it falls to zero as a cosine.</source>
        <translation>细调阶段（Adam）的学习率；按余弦降到零。</translation>
    </message>
    <message>
        <source>Static, token-wise clipping</source>
        <translation>静态，按词元裁剪</translation>
    </message>
    <message>
        <source>Positive codes reach the maximum</source>
        <translation>正码达到最大值</translation>
    </message>
    <message>
        <source>All codes span twice the maximum</source>
        <translation>全部码覆盖最大值的两倍</translation>
    </message>
    <message>
        <source>As many negative codes as positive</source>
        <translation>负码与正码一样多</translation>
    </message>
    <message>
        <source>Symmetric grid</source>
        <translation>对称网格</translation>
    </message>
    <message>
        <source>What the largest magnitude is divided by: 2^(b-1) - 1 codes, or half of all, as Outlier Suppression does.</source>
        <translation>最大幅值除以什么：2^(b-1) - 1 个码，或如 Outlier Suppression 那样为全部码的一半。</translation>
    </message>
    <message>
        <source>Shortcuts too</source>
        <translation>也包括捷径</translation>
    </message>
    <message>
        <source>In post-norm models a shortcut takes what a norm gives: rounded, as a kernel that keeps integers would take it, or as it was before the rounding.</source>
        <translation>在后置归一化的模型中，捷径取归一化的输出：取舍入后的值（如保持整数的内核那样），或取舍入前的值。</translation>
    </message>
    <message>
        <source>Small-gain guard</source>
        <translation>小增益保护</translation>
    </message>
    <message>
        <source>Gains below this share of the norm&apos;s median magnitude stay in the norm: divided by them, the bias would be an outlier itself. 0: as published, where only gains of zero stay.</source>
        <translation>低于归一化增益幅值中位数这一比例的增益留在归一化中：偏置除以它们会自成离群值。0：如论文所述，只有为零的增益留下。</translation>
    </message>
    <message>
        <source>Gamma migration</source>
        <translation>增益迁移</translation>
    </message>
    <message>
        <source>Weight bits of the search</source>
        <translation>搜索时的权重位数</translation>
    </message>
    <message>
        <source>Width that weights are rounded to while it searches.</source>
        <translation>搜索期间权重舍入到的位宽。</translation>
    </message>
    <message>
        <source>Per output channel</source>
        <translation>每个输出通道</translation>
    </message>
    <message>
        <source>Weight grids of the search</source>
        <translation>搜索时的权重网格</translation>
    </message>
    <message>
        <source>What of a weight shares a grid while it searches.</source>
        <translation>搜索期间权重的哪部分共用一个网格。</translation>
    </message>
    <message>
        <source>Symmetric weight grids</source>
        <translation>对称的权重网格</translation>
    </message>
    <message>
        <source>Of the search.</source>
        <translation>用于搜索。</translation>
    </message>
    <message>
        <source>Activation bits of the search</source>
        <translation>搜索时的激活位数</translation>
    </message>
    <message>
        <source>Width that activations are rounded to while it searches.</source>
        <translation>搜索期间激活舍入到的位宽。</translation>
    </message>
    <message>
        <source>Per tensor, static</source>
        <translation>每个张量，静态</translation>
    </message>
    <message>
        <source>Activation grids of the search</source>
        <translation>搜索时的激活网格</translation>
    </message>
    <message>
        <source>What of an input shares a grid while it searches.</source>
        <translation>搜索期间输入的哪部分共用一个网格。</translation>
    </message>
    <message>
        <source>Symmetric activation grids</source>
        <translation>对称的激活网格</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Centres each channel, where the norm and all its readers have a bias to take the shift up.</source>
        <translation>使每个通道居中，前提是归一化及其所有读取层都有偏置可以吸收平移。</translation>
    </message>
    <message>
        <source>Quantized, as published</source>
        <translation>已量化，如论文所述</translation>
    </message>
    <message>
        <source>Layers before</source>
        <translation>前面的层</translation>
    </message>
    <message>
        <source>What a norm&apos;s inputs come from while its threshold is searched.</source>
        <translation>搜索阈值时归一化的输入来自何处。</translation>
    </message>
    <message>
        <source>Calibration samples, the first ones, to search on.</source>
        <translation>用于搜索的校准样本数，取最前面的样本。</translation>
    </message>
    <message>
        <source>Lowest threshold</source>
        <translation>最低阈值</translation>
    </message>
    <message>
        <source>The last threshold that is tried; 0: 1, and 0.1 of RMS norms.</source>
        <translation>最后尝试的阈值；0：取 1，RMS 归一化取 0.1。</translation>
    </message>
    <message>
        <source>Outlier Suppression+</source>
        <translation>Outlier Suppression+</translation>
    </message>
    <message>
        <source>Attention&apos;s products too</source>
        <translation>也处理注意力的乘积</translation>
    </message>
    <message>
        <source>Rounds what attention multiplies, as Outlier Suppression does: query, key, value and probabilities, each on a grid of its own. Without it they stay as they are.</source>
        <translation>像 Outlier Suppression 那样对注意力相乘的量取整：查询、键、值和概率各用一个网格。不启用时它们保持原样。</translation>
    </message>
    <message>
        <source>How the scales of q8_0, q4_0, q4_1, q5_0 and q5_1 are found. From the extremes is what llama.cpp does; the search for the least error takes twice as long and errs a tenth less.</source>
        <translation>如何确定 q8_0、q4_0、q4_1、q5_0 和 q5_1 的缩放。llama.cpp 按极值确定；搜索最小误差需要两倍时间，误差小十分之一。</translation>
    </message>
    <message>
        <source>A codebook for each row, and weights apart</source>
        <translation>每行一个码本，部分权重另存</translation>
    </message>
    <message>
        <source>Uniform codes, and weights apart</source>
        <translation>均匀编码，部分权重另存</translation>
    </message>
    <message>
        <source>All weights alike</source>
        <translation>所有权重同等</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>What weighs the error of each weight; Fisher information takes as much memory as the model in 32 bits.</source>
        <translation>每个权重误差的加权依据；费舍尔信息占用的内存与 32 位的模型相同。</translation>
    </message>
    <message>
        <source>Sensitive share</source>
        <translation>敏感占比</translation>
    </message>
    <message>
        <source>Share of a layer&apos;s weights, the most sensitive, kept apart.</source>
        <translation>一层中最敏感、另行保存的权重所占的比例。</translation>
    </message>
    <message>
        <source>Outlier range</source>
        <translation>离群范围</translation>
    </message>
    <message>
        <source>Weights farther than this many interquartile ranges beyond the quartiles are kept apart; 0: none.</source>
        <translation>超出四分位数这么多倍四分位距的权重另行保存；0：没有。</translation>
    </message>
    <message>
        <source>Iterations</source>
        <translation>迭代次数</translation>
    </message>
    <message>
        <source>Steps of k-means at most.</source>
        <translation>k-means 最多的步数。</translation>
    </message>
    <message>
        <source>Value type</source>
        <translation>值类型</translation>
    </message>
    <message>
        <source>Type that codebooks and weights kept apart are stored in.</source>
        <translation>存储码本和另存权重所用的类型。</translation>
    </message>
    <message>
        <source>SqueezeLLM</source>
        <translation>SqueezeLLM</translation>
    </message>
    <message>
        <source>Share of a layer&apos;s weights that are kept, where no allocation names one.</source>
        <translation>分配未指定时，一层中保留的权重所占的比例。</translation>
    </message>
    <message>
        <source>Magnitude</source>
        <translation>幅值</translation>
    </message>
    <message>
        <source>Magnitude times norm of the inputs</source>
        <translation>幅值乘以输入的范数</translation>
    </message>
    <message>
        <source>Square over the inverse Hessian&apos;s diagonal</source>
        <translation>平方除以 Hessian 逆的对角元</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>What ranks the weights of a layer.</source>
        <translation>一层的权重按什么排序。</translation>
    </message>
    <message>
        <source>Type that kept weights are stored in.</source>
        <translation>存储保留权重所用的类型。</translation>
    </message>
    <message>
        <source>grids are fitted to what is left of each group, which has no Hessian; take power-norm</source>
        <translation>网格按每组剩余的权重拟合，剩余部分没有 Hessian；请选择 power-norm</translation>
    </message>
    <message>
        <source>Plain retention of the highest scores</source>
        <translation>直接保留评分最高的权重</translation>
    </message>
    <message>
        <source>must name a file, as importance is &quot;file&quot;</source>
        <translation>必须指定文件，因为重要性为“file”</translation>
    </message>
    <message>
        <source>Percentile of magnitudes</source>
        <translation>幅值的百分位</translation>
    </message>
    <message>
        <source>What shares a grid. One for each input channel shows what is possible, few programs can run it; one for each token needs no calibration: its own values give it while the model runs.</source>
        <translation>什么共用一个网格。每个输入通道一个显示的是可能达到的程度，能运行它的程序很少；每个词元一个不需要校准：模型运行时由其自身的值得出。</translation>
    </message>
    <message>
        <source>Share of all magnitudes, in calibration or in a token, that the grid reaches.</source>
        <translation>网格所覆盖的幅值在校准中或一个词元中的比例。</translation>
    </message>
</context>
<context>
    <name>ComponentSource</name>
    <message>
        <source>Ashkboos et al., QuaRot, arXiv 2404.00456</source>
        <translation>Ashkboos 等，QuaRot，arXiv 2404.00456</translation>
    </message>
    <message>
        <source>Ashkboos et al., QuaRot, arXiv 2404.00456; per channel: Liu et al., KIVI, arXiv 2402.02750</source>
        <translation>Ashkboos 等，QuaRot，arXiv 2404.00456；按通道：Liu 等，KIVI，arXiv 2402.02750</translation>
    </message>
    <message>
        <source>Dettmers et al., SpQR, arXiv 2306.03078</source>
        <translation>Dettmers 等，SpQR，arXiv 2306.03078</translation>
    </message>
    <message>
        <source>Edge-ASR&apos;s calibration, arXiv 2507.07877: utterances, taught transcripts</source>
        <translation>Edge-ASR 的校准，arXiv 2507.07877：语音，强制使用给定文本</translation>
    </message>
    <message>
        <source>Frantar et al., GPTQ, arXiv 2210.17323</source>
        <translation>Frantar 等，GPTQ，arXiv 2210.17323</translation>
    </message>
    <message>
        <source>Frantar et al., GPTQ, arXiv 2210.17323, section 4</source>
        <translation>Frantar 等，GPTQ，arXiv 2210.17323，第 4 节</translation>
    </message>
    <message>
        <source>GGUF block type IQ4_NL</source>
        <translation>GGUF 块类型 IQ4_NL</translation>
    </message>
    <message>
        <source>GGUF block type Q2_K</source>
        <translation>GGUF 块类型 Q2_K</translation>
    </message>
    <message>
        <source>GGUF block type Q3_K</source>
        <translation>GGUF 块类型 Q3_K</translation>
    </message>
    <message>
        <source>GGUF block type Q4_0</source>
        <translation>GGUF 块类型 Q4_0</translation>
    </message>
    <message>
        <source>GGUF block type Q4_K</source>
        <translation>GGUF 块类型 Q4_K</translation>
    </message>
    <message>
        <source>GGUF block type Q5_K</source>
        <translation>GGUF 块类型 Q5_K</translation>
    </message>
    <message>
        <source>GGUF block type Q6_K</source>
        <translation>GGUF 块类型 Q6_K</translation>
    </message>
    <message>
        <source>GGUF block type Q8_0</source>
        <translation>GGUF 块类型 Q8_0</translation>
    </message>
    <message>
        <source>Kullback and Leibler, 1951</source>
        <translation>Kullback 与 Leibler，1951</translation>
    </message>
    <message>
        <source>Lin et al., AWQ, arXiv 2306.00978</source>
        <translation>Lin 等，AWQ，arXiv 2306.00978</translation>
    </message>
    <message>
        <source>Marginal analysis on the convex hulls of additive damages</source>
        <translation>在可加损伤的凸包上做边际分析</translation>
    </message>
    <message>
        <source>Nagel et al., AdaRound, arXiv 2004.10568; schedule of BRECQ, arXiv 2102.05426</source>
        <translation>Nagel 等，AdaRound，arXiv 2004.10568；退火方式取自 BRECQ，arXiv 2102.05426</translation>
    </message>
    <message>
        <source>Pham et al., arXiv 2511.17801, equations 5 to 9; exact solver of ours</source>
        <translation>Pham 等，arXiv 2511.17801，公式 5 至 9；精确求解器为本程序自有</translation>
    </message>
    <message>
        <source>Pham et al., arXiv 2511.17801; mixed-grid GPTQ of ours</source>
        <translation>Pham 等，arXiv 2511.17801；混合网格 GPTQ 为本程序自有</translation>
    </message>
    <message>
        <source>Radford et al. 2021, arXiv 2103.00020, section 3.1</source>
        <translation>Radford 等 2021，arXiv 2103.00020，第 3.1 节</translation>
    </message>
    <message>
        <source>Salazar et al., arXiv 1910.14659; Nie et al., LLaDA, arXiv 2502.09992</source>
        <translation>Salazar 等，arXiv 1910.14659；Nie 等，LLaDA，arXiv 2502.09992</translation>
    </message>
    <message>
        <source>Shao et al., OmniQuant, arXiv 2308.13137, section 3.2</source>
        <translation>Shao 等，OmniQuant，arXiv 2308.13137，第 3.2 节</translation>
    </message>
    <message>
        <source>Wei et al., Outlier Suppression+, arXiv 2304.09145, section 3</source>
        <translation>Wei 等，Outlier Suppression+，arXiv 2304.09145，第 3 节</translation>
    </message>
    <message>
        <source>Wei et al., Outlier Suppression, arXiv 2209.13325, baseline</source>
        <translation>Wei 等，Outlier Suppression，arXiv 2209.13325，基线</translation>
    </message>
    <message>
        <source>Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.1</source>
        <translation>Wei 等，Outlier Suppression，arXiv 2209.13325，第 4.1 节</translation>
    </message>
    <message>
        <source>Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.2</source>
        <translation>Wei 等，Outlier Suppression，arXiv 2209.13325，第 4.2 节</translation>
    </message>
    <message>
        <source>Xiao et al., SmoothQuant, arXiv 2211.10438, equation 4</source>
        <translation>Xiao 等，SmoothQuant，arXiv 2211.10438，公式 4</translation>
    </message>
    <message>
        <source>Xiao et al., SmoothQuant, arXiv 2211.10438, static</source>
        <translation>Xiao 等，SmoothQuant，arXiv 2211.10438，静态</translation>
    </message>
    <message>
        <source>consecutive windows, as perplexity cuts a text</source>
        <translation>连续的窗口，与困惑度切分文本的方式相同</translation>
    </message>
    <message>
        <source>full-precision activations</source>
        <translation>全精度激活</translation>
    </message>
    <message>
        <source>keys and values as they are</source>
        <translation>键和值保持原样</translation>
    </message>
    <message>
        <source>open ASR leaderboard, July 2025: its normalisation and counts</source>
        <translation>open ASR leaderboard，2025 年 7 月：其规范化与计数</translation>
    </message>
    <message>
        <source>real images, as D4C&apos;s baseline REAL, arXiv 2511.15411</source>
        <translation>真实图像，同 D4C 的基线 REAL，arXiv 2511.15411</translation>
    </message>
    <message>
        <source>relative Frobenius norm of the change of the output</source>
        <translation>输出变化的相对 Frobenius 范数</translation>
    </message>
    <message>
        <source>share of texts put into their class</source>
        <translation>归入正确类别的文本占比</translation>
    </message>
    <message>
        <source>uniform affine quantizer, data-free</source>
        <translation>均匀仿射量化器，不需要数据</translation>
    </message>
    <message>
        <source>windows without overlap as in GPTQ&apos;s evaluation, arXiv 2210.17323</source>
        <translation>不重叠的窗口，与 GPTQ 的评估相同，arXiv 2210.17323</translation>
    </message>
    <message>
        <source>Multiple-choice knapsack by branch-and-cut (GLPK)</source>
        <translation>用分支切割法求解多选背包问题（GLPK）</translation>
    </message>
</context>
<context>
    <name>DepthAxis</name>
    <message>
        <source>%1 %2</source>
        <extracomment>a part of the model (encoder, decoder), and a block&apos;s number in it</extracomment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>第 %1 块</translation>
    </message>
    <message>
        <source>block</source>
        <translation>块</translation>
    </message>
</context>
<context>
    <name>Error</name>
    <message>
        <source>Something unexpected failed: %1.</source>
        <translation>发生意外错误：%1。</translation>
    </message>
    <message>
        <source>Unknown sensitivity metric &quot;%1&quot;.</source>
        <translation>未知的敏感度指标“%1”。</translation>
    </message>
    <message>
        <source>Layer %1 cannot be pinned to %2 bits: the sensitivity run did not probe that width.</source>
        <translation>层 %1 不能固定为 %2 位：敏感度运行没有探测该位宽。</translation>
    </message>
    <message>
        <source>No layer of the sensitivity run is named %1; see &quot;inspect&quot; for the names.</source>
        <translation>敏感度运行中没有名为 %1 的层；名称见“inspect”。</translation>
    </message>
    <message>
        <source>The sensitivity run holds no layers; run it again.</source>
        <translation>敏感度运行不含任何层；请重新运行。</translation>
    </message>
    <message>
        <source>Layer %1 has sizes or sensitivities that are not finite or missing; measure the sensitivity again.</source>
        <translation>层 %1 的大小或敏感度缺失或非有限；请重新测量敏感度。</translation>
    </message>
    <message>
        <source>Layer %1 is pinned to %2 bits, which were not probed; probe that width or pin another.</source>
        <translation>层 %1 固定为 %2 位，但该位宽未被探测；请探测它或固定另一位宽。</translation>
    </message>
    <message>
        <source>Layer %1 has no width to choose; probe some first.</source>
        <translation>层 %1 没有可选的位宽；请先探测一些。</translation>
    </message>
    <message>
        <source>Layer %1 must have the width of the layers it is fused with, but they have none in common.</source>
        <translation>层 %1 必须与同它融合的层位宽相同，但它们没有共同的位宽。</translation>
    </message>
    <message>
        <source>There are no layers to choose bits for.</source>
        <translation>没有可以选择位宽的层。</translation>
    </message>
    <message>
        <source>The manual allocation names layer %1, which is not there.</source>
        <translation>手动分配提到了不存在的层 %1。</translation>
    </message>
    <message>
        <source>The manual allocation gives layer %1 %2 bits, which were not probed or differ from the layers it is fused with.</source>
        <translation>手动分配给层 %1 %2 位，但该位宽未被探测，或与同它融合的层不同。</translation>
    </message>
    <message>
        <source>The manual allocation lacks layer %1; add its bits.</source>
        <translation>手动分配缺少层 %1；请补上它的位宽。</translation>
    </message>
    <message>
        <source>A budget must be a positive number.</source>
        <translation>预算必须是正数。</translation>
    </message>
    <message>
        <source>A budget of %1 average bits cannot be met; the smallest possible here is %2.</source>
        <translation>无法满足 %1 平均位的预算；这里最小为 %2。</translation>
    </message>
    <message>
        <source>A budget of %1 bytes cannot be met; the smallest possible here is %2.</source>
        <translation>无法满足 %1 字节的预算；这里最小为 %2。</translation>
    </message>
    <message>
        <source>A budget of %1 bytes moved per token cannot be met; the smallest possible here is %2.</source>
        <translation>无法满足每词元移动 %1 字节的预算；这里最小为 %2。</translation>
    </message>
    <message>
        <source>A budget of %1 bit operations cannot be met; the smallest possible here is %2.</source>
        <translation>无法满足 %1 次位运算的预算；这里最小为 %2。</translation>
    </message>
    <message>
        <source>%1: unknown %2 &quot;%3&quot;; choose from: %4.</source>
        <translation>%1：未知的 %2“%3”；可选：%4。</translation>
    </message>
    <message>
        <source>%2: cannot %1: %3.</source>
        <translation>%2：无法%1：%3。</translation>
    </message>
    <message>
        <source>Internal error at %1:%2 (%3): %4. Please report it.</source>
        <translation>%1:%2(%3)处的内部错误：%4。请报告它。</translation>
    </message>
    <message>
        <source>Cancelled; what is finished is kept.</source>
        <translation>已取消；已完成的部分会保留。</translation>
    </message>
    <message>
        <source>%1: expected an object with parameters.</source>
        <translation>%1：应为带参数的对象。</translation>
    </message>
    <message>
        <source>%1: unknown key &quot;%2&quot;; it takes: %3.</source>
        <translation>%1：未知的键“%2”；它接受：%3。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is %3, but must be %4.</source>
        <translation>%1：“%2”为 %3，但必须是 %4。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is %3, but must lie between %4 and %5.</source>
        <translation>%1：“%2”为 %3，但必须在 %4 与 %5 之间。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot;: %3</source>
        <translation>%1:“%2”:%3</translation>
    </message>
    <message>
        <source>%1: %2 tokens are too few for one calibration sample of %3; give more text or a smaller length.</source>
        <translation>%1：%2 个词元不足以组成一个 %3 的校准样本；请提供更多文本或减小长度。</translation>
    </message>
    <message>
        <source>Task &quot;%1&quot; compares with another model; name a reference.</source>
        <translation>任务“%1”要与另一个模型比较；请指定参考模型。</translation>
    </message>
    <message>
        <source>The prompt&apos;s %1 tokens fill the model&apos;s context of %2; shorten the prompt.</source>
        <translation>提示的 %1 个词元已占满模型 %2 的上下文；请缩短提示。</translation>
    </message>
    <message>
        <source>samples %1, length %2, stride %3: a length of two tokens or more and a positive stride are needed.</source>
        <translation>样本 %1、长度 %2、步长 %3：长度至少为两个词元，步长必须为正。</translation>
    </message>
    <message>
        <source>%1: %2 tokens are too few for one window of %3; give more text or a smaller length.</source>
        <translation>%1：%2 个词元不足以组成一个 %3 的窗口；请提供更多文本或减小长度。</translation>
    </message>
    <message>
        <source>The export format is %1, but must be an exporter&apos;s id or an object with &quot;id&quot; and parameters.</source>
        <translation>导出格式为 %1，但必须是导出器的 id，或带“id”和参数的对象。</translation>
    </message>
    <message>
        <source>Tensor %1 holds %2, which F16 cannot; export as bf16 or f32.</source>
        <translation>张量 %1 含有 F16 无法表示的 %2；请导出为 bf16 或 f32。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is %3, but must be %4; correct the file.</source>
        <translation>%1：“%2”为 %3，但必须是 %4；请更正文件。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; has the shape %3, but the model&apos;s configuration says %4; the two do not belong together.</source>
        <translation>%1：张量“%2”的形状为 %3，但模型的配置为 %4；两者不匹配。</translation>
    </message>
    <message>
        <source>%1: not a sample&apos;s description; reinstall Bitprism.</source>
        <translation>%1：不是示例的描述；请重新安装 Bitprism。</translation>
    </message>
    <message>
        <source>The model&apos;s name is empty; give a folder, a sample&apos;s name, or organisation/name.</source>
        <translation>模型名称为空；请给出文件夹、示例名称或 organisation/name。</translation>
    </message>
    <message>
        <source>%1: no such folder, sample (%2) or model in the Hugging Face cache %3; check the name.</source>
        <translation>%1：没有这样的文件夹、示例（%2）或 Hugging Face 缓存 %3 中的模型；请检查名称。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; names no file; give a path with a file name.</source>
        <translation>“%1”不是文件名；请给出带文件名的路径。</translation>
    </message>
    <message>
        <source>%1: the folder %2 does not exist; create it first.</source>
        <translation>%1：文件夹 %2 不存在；请先创建它。</translation>
    </message>
    <message>
        <source>%1: is a folder; give a path with a file name.</source>
        <translation>%1：是文件夹；请给出带文件名的路径。</translation>
    </message>
    <message>
        <source>%1: exists already; choose another folder or remove it.</source>
        <translation>%1：已存在；请选择另一文件夹或删除它。</translation>
    </message>
    <message>
        <source>%1: a pickle checkpoint can run code when it is opened, so it is refused; convert it to safetensors first.</source>
        <translation>%1：pickle 检查点在打开时可能执行代码，因此被拒绝；请先转换为 safetensors。</translation>
    </message>
    <message>
        <source>%1: neither model.safetensors nor model.safetensors.index.json is there; give a complete checkpoint folder.</source>
        <translation>%1：既没有 model.safetensors 也没有 model.safetensors.index.json；请给出完整的检查点文件夹。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; stands in another shard too; remove stale files from the folder.</source>
        <translation>%1：张量“%2”也在另一分片中；请从文件夹中删除过时的文件。</translation>
    </message>
    <message>
        <source>%1: not a JSON object; the file is damaged.</source>
        <translation>%1：不是 JSON 对象；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: the index promises tensor &quot;%2&quot;, which %3 does not hold; copy the checkpoint again.</source>
        <translation>%1：索引声明了张量“%2”，但 %3 中没有；请重新复制检查点。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is missing; the checkpoint is not complete.</source>
        <translation>%1：缺少张量“%2”；检查点不完整。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; holds %3 at index %4; such a checkpoint cannot be used.</source>
        <translation>%1：张量“%2”在位置 %4 含有 %3；这样的检查点不能使用。</translation>
    </message>
    <message>
        <source>%1: scales &quot;%2&quot; of shape %3 do not fit a weight of shape %4; the checkpoint is damaged.</source>
        <translation>%1：形状为 %3 的缩放“%2”与形状为 %4 的权重不符；检查点已损坏。</translation>
    </message>
    <message>
        <source>%1: no such file; check the path.</source>
        <translation>%1：没有这样的文件；请检查路径。</translation>
    </message>
    <message>
        <source>%1: cannot be opened: %2.</source>
        <translation>%1：无法打开：%2。</translation>
    </message>
    <message>
        <source>%1: not a regular file; give the path of a file.</source>
        <translation>%1：不是普通文件；请给出文件的路径。</translation>
    </message>
    <message>
        <source>%1: ends at byte %2, earlier than it should; it is truncated or was changed while in use.</source>
        <translation>%1：在第 %2 字节处提前结束；它被截断，或在使用时被更改。</translation>
    </message>
    <message>
        <source>%1: %2 bytes exceed the limit of %3 for such a file.</source>
        <translation>%1：%2 字节超过了此类文件 %3 的上限。</translation>
    </message>
    <message>
        <source>%1: the key &quot;%2&quot; stands twice in one object; remove one.</source>
        <translation>%1：键“%2”在一个对象中出现两次；请删除一个。</translation>
    </message>
    <message>
        <source>%1: nested more than %2 levels deep; no file of this kind needs that.</source>
        <translation>%1：嵌套超过 %2 层；此类文件不需要这么深。</translation>
    </message>
    <message>
        <source>%1: %2 bytes of JSON exceed the limit of %3.</source>
        <translation>%1：%2 字节的 JSON 超过上限 %3。</translation>
    </message>
    <message>
        <source>%1: invalid UTF-8 at line %2, column %3; the file is damaged or not text.</source>
        <translation>%1：第 %2 行第 %3 列的 UTF-8 无效；文件已损坏或不是文本。</translation>
    </message>
    <message>
        <source>%1: not valid JSON at line %2, column %3; it is damaged or not JSON.</source>
        <translation>%1：第 %2 行第 %3 列不是有效的 JSON；它已损坏或不是 JSON。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; needs exactly dtype, shape and data_offsets; the file is damaged.</source>
        <translation>%1：张量“%2”只能且必须有 dtype、shape 和 data_offsets；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: the shape of tensor &quot;%2&quot; overflows; the file is damaged.</source>
        <translation>%1：张量“%2”的形状溢出；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; spans bytes %3 to %4, but its shape %5 of %6 takes %7; the file is damaged.</source>
        <translation>%1：张量“%2”占字节 %3 到 %4，但形状 %5 的 %6 需要 %7；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; has the unknown dtype %3; it needs a newer version or is damaged.</source>
        <translation>%1：张量“%2”的 dtype %3 未知；它需要更新的版本，或已损坏。</translation>
    </message>
    <message>
        <source>%1: the shape of tensor &quot;%2&quot; is not a list of dimensions; the file is damaged.</source>
        <translation>%1：张量“%2”的形状不是维度列表；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: data_offsets of tensor &quot;%2&quot; are not two positions; the file is damaged.</source>
        <translation>%1：张量“%2”的 data_offsets 不是两个位置；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: __metadata__ must map texts to texts; the file is damaged.</source>
        <translation>%1：__metadata__ 必须是文本到文本的映射；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: %3 unused bytes before tensor &quot;%2&quot;; the file is damaged.</source>
        <translation>%1：张量“%2”之前有 %3 个未使用的字节；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; ends %3 bytes behind the end of the file; it is truncated, copy it again.</source>
        <translation>%1：张量“%2”超出文件末尾 %3 字节；文件被截断，请重新复制。</translation>
    </message>
    <message>
        <source>%1: %2 bytes behind the last tensor belong to none; the file is damaged.</source>
        <translation>%1：最后一个张量之后的 %2 字节不属于任何张量；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: the header of %2 bytes does not fit the file of %3; it is truncated or not safetensors.</source>
        <translation>%1：%2 字节的文件头与 %3 字节的文件不符；它被截断或不是 safetensors。</translation>
    </message>
    <message>
        <source>%1: the header is not a JSON object; the file is damaged or not safetensors.</source>
        <translation>%1：文件头不是 JSON 对象；文件已损坏或不是 safetensors。</translation>
    </message>
    <message>
        <source>%1: &quot;weight_map&quot; is missing; the index is damaged.</source>
        <translation>%1：缺少“weight_map”；索引已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; points to %3, which is not a plain file name inside the folder; the index is not to be trusted.</source>
        <translation>%1：张量“%2”指向 %3，它不是文件夹内的普通文件名；此索引不可信。</translation>
    </message>
    <message>
        <source>%1: names no tensors; the index is damaged.</source>
        <translation>%1：没有列出任何张量；索引已损坏。</translation>
    </message>
    <message>
        <source>%1: the index names files that are missing: %2; copy them into the folder.</source>
        <translation>%1：索引列出的文件缺失：%2；请把它们复制到该文件夹。</translation>
    </message>
    <message>
        <source>The engine could not be loaded: %1. Reinstall Bitprism.</source>
        <translation>无法加载引擎：%1。请重新安装 Bitprism。</translation>
    </message>
    <message>
        <source>The engine library is of another version. Reinstall Bitprism.</source>
        <translation>引擎库的版本不同。请重新安装 Bitprism。</translation>
    </message>
    <message>
        <source>The options of the job &quot;%1&quot; are not valid JSON.</source>
        <translation>作业“%1”的选项不是有效的 JSON。</translation>
    </message>
    <message>
        <source>The memory ran out; use fewer or shorter samples, or close other programs.</source>
        <translation>内存不足；请使用更少或更短的样本，或关闭其他程序。</translation>
    </message>
    <message>
        <source>LibTorch failed: %1.</source>
        <translation>LibTorch 失败：%1。</translation>
    </message>
    <message>
        <source>The job failed unexpectedly: %1.</source>
        <translation>作业意外失败：%1。</translation>
    </message>
    <message>
        <source>The job failed unexpectedly.</source>
        <translation>作业意外失败。</translation>
    </message>
    <message>
        <source>The stored request of a run is damaged: %1.</source>
        <translation>运行的已存请求已损坏：%1。</translation>
    </message>
    <message>
        <source>This job needs %1 MiB of memory and %2 MiB are free; use fewer or shorter samples, or close other programs.</source>
        <translation>此作业需要 %1 MiB 内存，而可用 %2 MiB；请使用更少或更短的样本，或关闭其他程序。</translation>
    </message>
    <message>
        <source>The task %1 compares with a reference model; name one.</source>
        <translation>任务 %1 要与参考模型比较；请指定一个。</translation>
    </message>
    <message>
        <source>No folder to export to was given.</source>
        <translation>没有给出导出的文件夹。</translation>
    </message>
    <message>
        <source>The tokenizer has no token that begins a text; give a prompt.</source>
        <translation>分词器没有表示文本开头的词元；请给出提示。</translation>
    </message>
    <message>
        <source>Unknown device &quot;%1&quot;; choose cpu, cuda or cuda:N.</source>
        <translation>未知的设备“%1”；请选择 cpu、cuda 或 cuda:N。</translation>
    </message>
    <message>
        <source>There is no CUDA device for &quot;%1&quot;; choose cpu.</source>
        <translation>没有用于“%1”的 CUDA 设备；请选择 cpu。</translation>
    </message>
    <message>
        <source>%1 has changed since run %2 quantized it.</source>
        <translation>自运行 %2 量化 %1 之后，它已被更改。</translation>
    </message>
    <message>
        <source>Run %1 has no quantized model: it is of kind %2 with %3 of %4 blocks done.</source>
        <translation>运行 %1 没有量化后的模型：它的类型是 %2，完成了 %4 个块中的 %3 个。</translation>
    </message>
    <message>
        <source>exports: each entry takes &quot;format&quot; and &quot;output&quot;.</source>
        <translation>exports：每一项需要“format”和“output”。</translation>
    </message>
    <message>
        <source>%1: not a file of hidden states; run again.</source>
        <translation>%1：不是隐藏状态文件；请重新运行。</translation>
    </message>
    <message>
        <source>%1: the file of hidden states is damaged; run again.</source>
        <translation>%1：隐藏状态文件已损坏；请重新运行。</translation>
    </message>
    <message>
        <source>The recipe quantizes no layer of %1; check its overrides.</source>
        <translation>配方没有量化 %1 的任何层；请检查它的例外。</translation>
    </message>
    <message>
        <source>The recipe needs calibration data (weights &quot;%1&quot;, activations &quot;%2&quot;); name a text file.</source>
        <translation>配方需要校准数据（权重“%1”，激活“%2”）；请指定一个文本文件。</translation>
    </message>
    <message>
        <source>Run %1 began with another checkpoint than %2 holds now; start a new run.</source>
        <translation>运行 %1 开始时的检查点与 %2 现在的不同；请开始新的运行。</translation>
    </message>
    <message>
        <source>sensitivity: &quot;bits&quot; is %1, but must be a list of widths from 1 to %2.</source>
        <translation>sensitivity:“bits”为 %1，但必须是 1 到 %2 的位宽列表。</translation>
    </message>
    <message>
        <source>sensitivity: &quot;quantizer&quot; must be an object with &quot;id&quot; and parameters.</source>
        <translation>sensitivity:“quantizer”必须是带“id”和参数的对象。</translation>
    </message>
    <message>
        <source>The Hessian of a layer&apos;s inputs is not finite at column %1; the model overflows on this calibration data.</source>
        <translation>某层输入的 Hessian 在第 %1 列非有限；模型在此校准数据上溢出。</translation>
    </message>
    <message>
        <source>The Hessian of a layer&apos;s inputs is not positive definite even with damping %1; use more calibration samples.</source>
        <translation>即使阻尼为 %1，某层输入的 Hessian 也不是正定的；请使用更多校准样本。</translation>
    </message>
    <message>
        <source>Packed codes take %1 bytes instead of %2.</source>
        <translation>打包的编码占 %1 字节，而不是 %2。</translation>
    </message>
    <message>
        <source>Packed codes do not end with zeros; they are damaged.</source>
        <translation>打包的编码末尾不是零；它们已损坏。</translation>
    </message>
    <message>
        <source>Unknown %1 &quot;%2&quot;; known are %3.</source>
        <translation>未知的 %1“%2”；已知的有 %3。</translation>
    </message>
    <message>
        <source>Weights are too large for scales of type %1; use scale type f32 or bf16.</source>
        <translation>权重对于 %1 类型的缩放太大；请使用 f32 或 bf16 缩放类型。</translation>
    </message>
    <message>
        <source>Grids of rule %1 have %2 to 8 bits, not %3.</source>
        <translation>规则 %1 的网格有 %2 到 8 位，而不是 %3。</translation>
    </message>
    <message>
        <source>The group size is %1; it cannot be negative.</source>
        <translation>分组大小为 %1；它不能为负。</translation>
    </message>
    <message>
        <source>%1 lacks the array &quot;%2&quot;; its codes are incomplete.</source>
        <translation>%1 缺少数组“%2”；它的编码不完整。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is %3 instead of %4 to %5; it is damaged.</source>
        <translation>%1：“%2”为 %3，而应为 %4 到 %5；它已损坏。</translation>
    </message>
    <message>
        <source>%1 holds an unknown array &quot;%2&quot;; it was written by another version.</source>
        <translation>%1 含有未知的数组“%2”；它由另一版本写出。</translation>
    </message>
    <message>
        <source>%1: the array &quot;%2&quot; is damaged; run the recipe again.</source>
        <translation>%1：数组“%2”已损坏；请重新运行配方。</translation>
    </message>
    <message>
        <source>The weights hold values that are not finite (NaN or infinity); the checkpoint is damaged or overflowed.</source>
        <translation>权重含有非有限的值（NaN 或无穷）；检查点已损坏或溢出。</translation>
    </message>
    <message>
        <source>A matrix of %1 x %2 weights cannot be quantized.</source>
        <translation>%1 x %2 的权重矩阵不能量化。</translation>
    </message>
    <message>
        <source>%1 columns in groups of %2 make more than 65536 groups; use larger groups.</source>
        <translation>%1 列按 %2 分组会超过 65536 组；请使用更大的分组。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; has shape %3, but config.json asks for %4; the two do not belong together.</source>
        <translation>%1：张量“%2”的形状为 %3，但 config.json 要求 %4；两者不匹配。</translation>
    </message>
    <message>
        <source>%1 cannot be run: %2</source>
        <translation>%1 不能运行：%2</translation>
    </message>
    <message>
        <source>%1: token %2 lies outside the model&apos;s vocabulary of %3; use the tokenizer that belongs to the model.</source>
        <translation>%1：词元 %2 超出模型大小为 %3 的词表；请使用属于该模型的分词器。</translation>
    </message>
    <message>
        <source>%1: %2; the file of codes is damaged, run again.</source>
        <translation>%1：%2；编码文件已损坏，请重新运行。</translation>
    </message>
    <message>
        <source>%1 edits the tensor %2, which %3 does not have in that shape; run the recipe again.</source>
        <translation>%1 编辑了张量 %2，但 %3 没有这种形状的该张量；请重新运行配方。</translation>
    </message>
    <message>
        <source>Layer %1: %2 keeps no high-impact weights, so it takes no ratio; remove the ratio or choose another quantizer.</source>
        <translation>层 %1：%2 不保留高影响权重，因此不接受比例；请删除比例或选择另一量化器。</translation>
    </message>
    <message>
        <source>%1: unknown key &quot;id&quot;.</source>
        <translation>%1：未知的键“id”。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; must be a list.</source>
        <translation>%1：“%2”必须是列表。</translation>
    </message>
    <message>
        <source>%1: must be an object.</source>
        <translation>%1：必须是对象。</translation>
    </message>
    <message>
        <source>%1: &quot;match&quot; is missing: the layers&apos; names, with * and ? for any text and character.</source>
        <translation>%1：缺少“match”：层的名称，* 和 ? 代表任意文本和字符。</translation>
    </message>
    <message>
        <source>%1: &quot;weights&quot; must be an object.</source>
        <translation>%1：“weights”必须是对象。</translation>
    </message>
    <message>
        <source>%1: &quot;bits&quot; stands twice; keep one of bits and weights.bits.</source>
        <translation>%1：“bits”出现两次；请在 bits 和 weights.bits 中保留一个。</translation>
    </message>
    <message>
        <source>%1: &quot;data&quot; must be a path.</source>
        <translation>%1：“data”必须是路径。</translation>
    </message>
    <message>
        <source>%1: must be an object with &quot;%2&quot; and parameters.</source>
        <translation>%1：必须是带“%2”和参数的对象。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; must name a component; `methods` lists them.</source>
        <translation>%1：“%2”必须指定一个组件；`methods` 列出它们。</translation>
    </message>
    <message>
        <source>%1: &quot;version&quot; is %2, this program reads up to %3; update Bitprism.</source>
        <translation>%1：“version”为 %2，此程序最多读取到 %3；请更新 Bitprism。</translation>
    </message>
    <message>
        <source>%1: &quot;layers&quot; must be an object of layers by name.</source>
        <translation>%1：“layers”必须是按名称给出层的对象。</translation>
    </message>
    <message>
        <source>%1: write {&quot;bits&quot;: N}, with &quot;ratio&quot; if need be.</source>
        <translation>%1：请写 {&quot;bits&quot;: N},必要时加上“ratio”。</translation>
    </message>
    <message>
        <source>--set: there is no &quot;%1&quot; in a recipe; it has: %2.</source>
        <translation>--set：配方中没有“%1”；它有：%2。</translation>
    </message>
    <message>
        <source>--set transforms.%1: write transforms.ID.KEY=VALUE.</source>
        <translation>--set transforms.%1：请写 transforms.ID.KEY=VALUE。</translation>
    </message>
    <message>
        <source>--set allocation.%1: the recipe has no allocation; set allocation.id too.</source>
        <translation>--set allocation.%1：配方没有分配；请同时设置 allocation.id。</translation>
    </message>
    <message>
        <source>--set %1: write SECTION.KEY=VALUE, as in weights.group_size=32.</source>
        <translation>--set %1：请写 SECTION.KEY=VALUE，如 weights.group_size=32。</translation>
    </message>
    <message>
        <source>%1: &quot;id&quot; must be a name.</source>
        <translation>%1：“id”必须是名称。</translation>
    </message>
    <message>
        <source>The store holds a damaged result: key &quot;%1&quot;.</source>
        <translation>项目中有损坏的结果：键“%1”。</translation>
    </message>
    <message>
        <source>%1 or its folder cannot be written; change its permissions or name another store.</source>
        <translation>无法写入 %1 或其文件夹；请更改权限或指定另一项目。</translation>
    </message>
    <message>
        <source>%1 cannot be opened for writing; check the folder and its permissions.</source>
        <translation>无法打开 %1 进行写入；请检查文件夹及其权限。</translation>
    </message>
    <message>
        <source>%1 is held by another process; try again later.</source>
        <translation>%1 被另一进程占用；请稍后再试。</translation>
    </message>
    <message>
        <source>%1 is damaged or not a Bitprism store (%2); restore a backup or name another file.</source>
        <translation>%1 已损坏或不是 Bitprism 项目（%2）；请恢复备份或指定另一文件。</translation>
    </message>
    <message>
        <source>%1: a text or blob is too large for the store.</source>
        <translation>%1：文本或数据块对项目来说太大。</translation>
    </message>
    <message>
        <source>%1: the database says: %2. Please report it.</source>
        <translation>%1：数据库报告：%2。请报告它。</translation>
    </message>
    <message>
        <source>There is no run &quot;%1&quot; in %2; `list` shows the runs.</source>
        <translation>%2 中没有运行“%1”；`list` 列出所有运行。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; begins the ids of several runs, %2 and %3 among them; give more letters.</source>
        <translation>“%1”是多次运行 id 的开头，其中有 %2 和 %3；请多给几个字母。</translation>
    </message>
    <message>
        <source>Run &quot;%1&quot; is being worked on by another process; wait for it or cancel it first.</source>
        <translation>另一进程正在处理运行“%1”；请等待它或先取消它。</translation>
    </message>
    <message>
        <source>%1 is damaged: tables are missing; restore a backup.</source>
        <translation>%1 已损坏：缺少表；请恢复备份。</translation>
    </message>
    <message>
        <source>%1: the folder of the store does not exist; make it or name another store.</source>
        <translation>%1：项目所在的文件夹不存在；请创建它或指定另一项目。</translation>
    </message>
    <message>
        <source>%1: there is no store; run something first, or name another file.</source>
        <translation>%1：没有项目；请先运行一些内容，或指定另一文件。</translation>
    </message>
    <message>
        <source>%1 is a folder; name a file for the store.</source>
        <translation>%1 是文件夹；请为项目指定文件。</translation>
    </message>
    <message>
        <source>The store holds a run of unknown status &quot;%1&quot;.</source>
        <translation>项目中有状态“%1”未知的运行。</translation>
    </message>
    <message>
        <source>%1 was written by an older Bitprism; open it once where it can be written, to update it.</source>
        <translation>%1 由旧版 Bitprism 写出；请在可写的地方打开一次以更新它。</translation>
    </message>
    <message>
        <source>%1 is a folder; name a file for the backup.</source>
        <translation>%1 是文件夹；请为备份指定文件。</translation>
    </message>
    <message>
        <source>%1: the folder of the backup does not exist; make it.</source>
        <translation>%1：备份所在的文件夹不存在；请创建它。</translation>
    </message>
    <message>
        <source>%1 is the store itself; name another file.</source>
        <translation>%1 就是项目本身；请指定另一文件。</translation>
    </message>
    <message>
        <source>%1 is not a Bitprism store; name another file.</source>
        <translation>%1 不是 Bitprism 项目；请指定另一文件。</translation>
    </message>
    <message>
        <source>%1 was written by a newer Bitprism (store version %2, this program reads up to %3); update Bitprism.</source>
        <translation>%1 由新版 Bitprism 写出（项目版本 %2，此程序最多读取到 %3）；请更新 Bitprism。</translation>
    </message>
    <message>
        <source>%1 is damaged: its length or first page is wrong; restore a backup.</source>
        <translation>%1 已损坏：它的长度或第一页不对；请恢复备份。</translation>
    </message>
    <message>
        <source>%1 is longer than %2 bytes.</source>
        <translation>%1 超过 %2 字节。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; or its id %3 is another token&apos;s.</source>
        <translation>%1：“%2”或它的 id %3 属于另一个词元。</translation>
    </message>
    <message>
        <source>%1 must be &quot;LEFT RIGHT&quot; or [&quot;LEFT&quot;, &quot;RIGHT&quot;].</source>
        <translation>%1 必须是“LEFT RIGHT”或 [&quot;LEFT&quot;, &quot;RIGHT&quot;]。</translation>
    </message>
    <message>
        <source>%1 needs &quot;%2&quot;, which is no token.</source>
        <translation>%1 需要“%2”，但它不是词元。</translation>
    </message>
    <message>
        <source>%1 must be an array.</source>
        <translation>%1 必须是数组。</translation>
    </message>
    <message>
        <source>%1 is needed for this text, but is no token.</source>
        <translation>此文本需要 %1，但它不是词元。</translation>
    </message>
    <message>
        <source>%1: dropout makes ids random; set it to null to use the model.</source>
        <translation>%1：dropout 会使 id 随机；请设为 null 以使用该模型。</translation>
    </message>
    <message>
        <source>%1 makes %2 bytes of text into %3: a damaged tokenizer.</source>
        <translation>%1 把 %2 字节的文本变成 %3：分词器已损坏。</translation>
    </message>
    <message>
        <source>%1 is longer than %2 bytes: a damaged tokenizer.</source>
        <translation>%1 超过 %2 字节：分词器已损坏。</translation>
    </message>
    <message>
        <source>%1 must be an object.</source>
        <translation>%1 必须是对象。</translation>
    </message>
    <message>
        <source>%1 lacks &quot;%2&quot;.</source>
        <translation>%1 缺少“%2”。</translation>
    </message>
    <message>
        <source>%1 must be a string.</source>
        <translation>%1 必须是字符串。</translation>
    </message>
    <message>
        <source>%1 must be true or false.</source>
        <translation>%1 必须是 true 或 false。</translation>
    </message>
    <message>
        <source>%1 must be an integer between %2 and %3.</source>
        <translation>%1 必须是 %2 到 %3 之间的整数。</translation>
    </message>
    <message>
        <source>%1 must be one character.</source>
        <translation>%1 必须是一个字符。</translation>
    </message>
    <message>
        <source>%1: type &quot;%2&quot; is not supported yet.</source>
        <translation>%1：尚不支持类型“%2”。</translation>
    </message>
    <message>
        <source>%1 must not be empty.</source>
        <translation>%1 不能为空。</translation>
    </message>
    <message>
        <source>The text cannot be normalized: %1.</source>
        <translation>无法规范化文本：%1。</translation>
    </message>
    <message>
        <source>%1 nests or intersects character classes, which is not supported yet.</source>
        <translation>%1 嵌套或求交字符类，尚不支持。</translation>
    </message>
    <message>
        <source>%1: no token has the id %2.</source>
        <translation>%1：没有词元的 id 是 %2。</translation>
    </message>
    <message>
        <source>%1 must be [&quot;TOKEN&quot;, ID].</source>
        <translation>%1 必须是 [&quot;TOKEN&quot;, ID]。</translation>
    </message>
    <message>
        <source>%1 must hold the sequence A exactly once.</source>
        <translation>%1 必须恰好包含一次序列 A。</translation>
    </message>
    <message>
        <source>%1 adds more than %2 tokens to every text.</source>
        <translation>%1 给每段文本添加超过 %2 个词元。</translation>
    </message>
    <message>
        <source>%1 is no split behavior: &quot;%2&quot;.</source>
        <translation>%1 不是拆分方式：“%2”。</translation>
    </message>
    <message>
        <source>%1 must be always, first or never, and agree with add_prefix_space.</source>
        <translation>%1 必须是 always、first 或 never，并与 add_prefix_space 一致。</translation>
    </message>
    <message>
        <source>%1 is no usable regular expression: %2.</source>
        <translation>%1 不是可用的正则表达式：%2。</translation>
    </message>
    <message>
        <source>%1: the regular expression fails on this text: %2.</source>
        <translation>%1：正则表达式在此文本上失败：%2。</translation>
    </message>
    <message>
        <source>%1 is not UTF-8 text (byte %2); convert it first.</source>
        <translation>%1 不是 UTF-8 文本（第 %2 字节）；请先转换它。</translation>
    </message>
    <message>
        <source>%1 holds no text; choose a file with some.</source>
        <translation>%1 不含文本；请选择有内容的文件。</translation>
    </message>
    <message>
        <source>The separator of documents must not be empty.</source>
        <translation>文档分隔符不能为空。</translation>
    </message>
    <message>
        <source>The text holds no document between separators &quot;%1&quot;.</source>
        <translation>文本中没有以“%1”分隔的文档。</translation>
    </message>
    <message>
        <source>The text has %1 bytes; at most %2 are tokenized at once.</source>
        <translation>文本有 %1 字节；一次最多对 %2 分词。</translation>
    </message>
    <message>
        <source>The text is not UTF-8 (byte %1); convert it first.</source>
        <translation>文本不是 UTF-8(第 %1 字节)；请先转换它。</translation>
    </message>
    <message>
        <source>Token id %1 is outside the vocabulary of %2.</source>
        <translation>词元 id %1 超出大小为 %2 的词表。</translation>
    </message>
    <message>
        <source>%1 must be an object of tokens and ids, not empty.</source>
        <translation>%1 必须是词元与 id 的非空对象。</translation>
    </message>
    <message>
        <source>%1: the id of &quot;%2&quot; must be an integer from 0 to %3.</source>
        <translation>%1：“%2”的 id 必须是 0 到 %3 的整数。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; and &quot;%3&quot; have the same id %4.</source>
        <translation>%1：“%2”和“%3”有相同的 id %4。</translation>
    </message>
    <message>
        <source>%1 has no token for &quot;%2&quot;, and none for unknown words.</source>
        <translation>%1 没有“%2”的词元，也没有未知词的词元。</translation>
    </message>
    <message>
        <source>The mean square of a layer&apos;s input is not finite; the model overflows on this calibration data.</source>
        <translation>某层输入的均方非有限；模型在此校准数据上溢出。</translation>
    </message>
    <message>
        <source>The weights are too large for F16; keep the layer as it is.</source>
        <translation>权重对于 F16 太大；请保持该层不变。</translation>
    </message>
    <message>
        <source>The weights are too large for the F16 scales of ggml&apos;s blocks; keep the layer as it is.</source>
        <translation>权重对于 ggml 块的 F16 缩放太大；请保持该层不变。</translation>
    </message>
    <message>
        <source>Layer %1: %2 has %3 bits, not %4; mix widths by overrides that name other quantizers.</source>
        <translation>层 %1：%2 为 %3 位，而不是 %4；请用指定其他量化器的例外来混合位宽。</translation>
    </message>
    <message>
        <source>Layer %1: its %2 columns are no multiple of the %3 that a block of %4 holds; skip it, or set indivisible to fallback.</source>
        <translation>层 %1：它的 %2 列不是 %4 一个块所含 %3 的倍数；请跳过它，或把 indivisible 设为 fallback。</translation>
    </message>
    <message>
        <source>A layer&apos;s grids are too wide for SpQR&apos;s 16-bit floats.</source>
        <translation>某层的网格超出了 SpQR 的 16 位浮点数范围。</translation>
    </message>
    <message>
        <source>SpQR stores outliers of layers with up to %1 columns, not %2; choose another quantizer.</source>
        <translation>SpQR 只能存储最多 %1 列的层的离群权重，而不是 %2 列；请选择其他量化器。</translation>
    </message>
    <message>
        <source>%1 holds no text; this task reads texts.</source>
        <translation>%1 不含文本；此任务读取文本。</translation>
    </message>
    <message>
        <source>%1 holds no data that can be read: %2 are expected.</source>
        <translation>%1 不含可读取的数据：应为 %2。</translation>
    </message>
    <message>
        <source>%1 holds more than %2 files; name a list of them.</source>
        <translation>%1 中的文件多于 %2 个；请给出文件列表。</translation>
    </message>
    <message>
        <source>%1 names the utterance %2, but neither %2.flac nor %2.wav lies beside it.</source>
        <translation>%1 提到语句 %2，但旁边既没有 %2.flac 也没有 %2.wav。</translation>
    </message>
    <message>
        <source>%1 is no JSON object; one is expected per line.</source>
        <translation>%1 不是 JSON 对象；每行应有一个。</translation>
    </message>
    <message>
        <source>%1 has neither &quot;text&quot; nor &quot;file&quot;; a record needs one.</source>
        <translation>%1 既没有“text”也没有“file”；每条记录需要其一。</translation>
    </message>
    <message>
        <source>%1: its first line names no column &quot;text&quot; or &quot;file&quot;; name the columns there.</source>
        <translation>%1：首行没有名为“text”或“file”的列；请在首行写出列名。</translation>
    </message>
    <message>
        <source>%1: record %2 has neither a text nor a file.</source>
        <translation>%1：记录 %2 既没有文本也没有文件。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; must be three numbers.</source>
        <translation>%1：“%2”必须是三个数。</translation>
    </message>
    <message>
        <source>%1 reads text, neither recordings nor images; choose another task, sampler or data.</source>
        <translation>%1 读取文本，不读取录音或图像；请选择其他任务、采样器或数据。</translation>
    </message>
    <message>
        <source>%1 lists no %2; give a folder of them, or a table with a column &quot;file&quot;.</source>
        <translation>%1 没有列出 %2；请给出文件夹，或带“file”列的表。</translation>
    </message>
    <message>
        <source>%1: %2 seconds are too short; give a tenth or more.</source>
        <translation>%1：%2 秒太短；请给出至少十分之一秒。</translation>
    </message>
    <message>
        <source>%1: no recording of %2 to %3 seconds (with a transcript, for a decoder) is left to calibrate on.</source>
        <translation>%1：没有 %2 到 %3 秒的录音（解码器还需转写）可用于校准。</translation>
    </message>
    <message>
        <source>%1 has no decoder that writes text%2; measure its encoder with the task output-error.</source>
        <translation>%1 没有写出文本的解码器%2；请用任务 output-error 测量其编码器。</translation>
    </message>
    <message>
        <source>%1: its output of %2 differs from the model&apos;s of %3; a reference needs the same tokenizer or classes.</source>
        <translation>%1：其输出 %2 与模型的 %3 不同；参考模型需要相同的分词器或类别。</translation>
    </message>
    <message>
        <source>%1 predicts no next tokens (its output is of the kind &quot;%2&quot;), so it cannot continue a text.</source>
        <translation>%1 不预测下一个词元（其输出类型为“%2”），因此不能续写文本。</translation>
    </message>
    <message>
        <source>%1 holds no token that this task could mask and score.</source>
        <translation>%1 没有此任务可以掩盖并评分的词元。</translation>
    </message>
    <message>
        <source>%1 names no mask token in config.json (&quot;mask_token_id&quot;), and its tokenizer has none; masking needs one.</source>
        <translation>%1 的 config.json 没有掩码词元（“mask_token_id”），其分词器也没有；掩码需要一个。</translation>
    </message>
    <message>
        <source>%1 predicts no tokens (its output is of the kind &quot;%2&quot;); choose a task that fits it.</source>
        <translation>%1 不预测词元（其输出类型为“%2”）；请选择适合的任务。</translation>
    </message>
    <message>
        <source>%1: the label &quot;%2&quot; is none of the model&apos;s %3 classes; use their names in config.json (&quot;id2label&quot;) or numbers from 0.</source>
        <translation>%1：标签“%2”不在模型的 %3 个类别中；请使用 config.json（“id2label”）中的名称或从 0 起的编号。</translation>
    </message>
    <message>
        <source>%1 has no classification head (its output is of the kind &quot;%2&quot;); choose another task.</source>
        <translation>%1 没有分类头（其输出类型为“%2”）；请选择其他任务。</translation>
    </message>
    <message>
        <source>%1: record %2 has no label to compare with.</source>
        <translation>%1：记录 %2 没有可供比较的标签。</translation>
    </message>
    <message>
        <source>%1 lists no texts with labels; give JSON lines or a CSV table with &quot;text&quot; and &quot;label&quot;.</source>
        <translation>%1 没有列出带标签的文本；请给出带“text”和“label”的 JSON 行或 CSV 表。</translation>
    </message>
    <message>
        <source>%1 predicts no masked tokens (its output is of the kind &quot;%2&quot;); choose another task, as perplexity or accuracy.</source>
        <translation>%1 不预测被掩盖的词元（其输出类型为“%2”）；请选择其他任务，如 perplexity 或 accuracy。</translation>
    </message>
    <message>
        <source>%1 reads no text; give data that list recordings or images.</source>
        <translation>%1 不读取文本；请给出列有录音或图像的数据。</translation>
    </message>
    <message>
        <source>%1 predicts no next tokens (its output is of the kind &quot;%2&quot;); choose another task, as masked-nll or accuracy.</source>
        <translation>%1 不预测下一个词元（其输出类型为“%2”）；请选择其他任务，如 masked-nll 或 accuracy。</translation>
    </message>
    <message>
        <source>%1 lists no recording with a transcript; give LibriSpeech&apos;s .trans.txt beside the files, or a table with &quot;file&quot; and &quot;text&quot;.</source>
        <translation>%1 没有列出带转写的录音；请在文件旁给出 LibriSpeech 的 .trans.txt，或带“file”和“text”的表。</translation>
    </message>
    <message>
        <source>%1 has no image tower beside a text tower; choose another task.</source>
        <translation>%1 没有与文本塔并列的图像塔；请选择其他任务。</translation>
    </message>
    <message>
        <source>%1 has no class; give a folder of folders, or a table with &quot;file&quot; and &quot;label&quot;.</source>
        <translation>%1 没有类别；请给出包含子文件夹的文件夹，或带“file”和“label”的表。</translation>
    </message>
    <message>
        <source>%1: the prompt &quot;%2&quot; has no {} for the class.</source>
        <translation>%1：提示“%2”没有代表类别的 {}。</translation>
    </message>
    <message>
        <source>The model cannot be exported: %1, which no checkpoint holds; run the recipe with offline parts only.</source>
        <translation>模型无法导出：%1，检查点无法保存它；请只用离线部分运行配方。</translation>
    </message>
    <message>
        <source>No calibration data was given; name a file or folder.</source>
        <translation>没有给出校准数据；请指定文件或文件夹。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is not what a run&apos;s transforms keep; run again.</source>
        <translation>%1：“%2”不是运行的变换所保存的内容；请重新运行。</translation>
    </message>
    <message>
        <source>%1, what the transforms of run %2 learned, is missing; run the recipe again.</source>
        <translation>%1（运行 %2 的变换所学到的内容）缺失；请重新运行配方。</translation>
    </message>
    <message>
        <source>recipe: %1 is the head of %2 too, and a transform makes two weights of it; leave it unquantized or the transform out.</source>
        <translation>配方：%1 也是 %2 的输出头，而变换会把它变成两个权重；请不要量化它，或去掉变换。</translation>
    </message>
    <message>
        <source>The recipe&apos;s transforms (&quot;%1&quot;) need calibration data; name a text file.</source>
        <translation>配方的变换（“%1”）需要校准数据；请指定文本文件。</translation>
    </message>
    <message>
        <source>%1: the audio cannot be decoded (%2); give a WAV or FLAC file.</source>
        <translation>%1：音频无法解码（%2）；请给出 WAV 或 FLAC 文件。</translation>
    </message>
    <message>
        <source>%1: the image cannot be decoded (%2); give a PNG or JPEG file.</source>
        <translation>%1：图像无法解码（%2）；请给出 PNG 或 JPEG 文件。</translation>
    </message>
    <message>
        <source>An image of %1 x %2 pixels is too narrow to be resized to a shorter side of %3.</source>
        <translation>%1 x %2 像素的图像太窄，无法缩放到短边 %3。</translation>
    </message>
    <message>
        <source>The image tower reads images of %1 x %1 pixels; give it images.</source>
        <translation>图像塔读取 %1 x %1 像素的图像；请给出图像。</translation>
    </message>
    <message>
        <source>A text of %1 tokens exceeds the text tower&apos;s %2.</source>
        <translation>%1 个词元的文本超过文本塔的 %2 个。</translation>
    </message>
    <message>
        <source>A text of %1 tokens exceeds the model&apos;s context of %2.</source>
        <translation>%1 个词元的文本超过模型的上下文 %2。</translation>
    </message>
    <message>
        <source>The encoder reads recordings of %1 samples or more; give it longer ones.</source>
        <translation>编码器读取至少 %1 个采样的录音；请给出更长的录音。</translation>
    </message>
    <message>
        <source>The encoder reads log-mel features of %1 bins and %2 frames; give it recordings.</source>
        <translation>编码器读取 %1 个频带、%2 帧的对数梅尔特征；请给出录音。</translation>
    </message>
    <message>
        <source>%1 tokens exceed the decoder&apos;s %2 positions.</source>
        <translation>%1 个词元超过解码器的 %2 个位置。</translation>
    </message>
    <message>
        <source>hadamard-rotation: %1 (family %2) has no values of its own for each head; set &quot;heads&quot; to none.</source>
        <translation>hadamard-rotation：%1（家族 %2）的各个头没有自己的值；请把“heads”设为 none。</translation>
    </message>
    <message>
        <source>hadamard-rotation: %1 has no bias to take up the shift of the norm before it; set &quot;residual&quot; to online.</source>
        <translation>hadamard-rotation：%1 没有可以吸收其前归一化平移的偏置；请把“residual”设为 online。</translation>
    </message>
    <message>
        <source>hadamard-rotation: %1 has a gain of zero, so its shift cannot be rotated; set &quot;residual&quot; to online.</source>
        <translation>hadamard-rotation：%1 的增益为零，其平移无法旋转；请把“residual”设为 online。</translation>
    </message>
    <message>
        <source>The reader of tokenizer.model files could not be loaded: %1. Reinstall Bitprism.</source>
        <translation>无法加载 tokenizer.model 文件的读取器：%1。请重新安装 Bitprism。</translation>
    </message>
    <message>
        <source>%1 is damaged or no SentencePiece model (%2).</source>
        <translation>%1 已损坏或不是 SentencePiece 模型（%2）。</translation>
    </message>
    <message>
        <source>%1: the text cannot be tokenized (%2).</source>
        <translation>%1：文本无法分词（%2）。</translation>
    </message>
    <message>
        <source>%1 has no tokenizer.json (nor vocab.json with merges.txt, vocab.txt or tokenizer.model): text cannot be tokenized.</source>
        <translation>%1 没有 tokenizer.json（也没有 vocab.json 与 merges.txt、vocab.txt 或 tokenizer.model）：文本无法分词。</translation>
    </message>
    <message>
        <source>%1 has no tokenizer (tokenizer.json, vocab.json with merges.txt, vocab.txt or tokenizer.model), which reading a text needs; add one.</source>
        <translation>%1 没有读取文本所需的分词器（tokenizer.json、vocab.json 与 merges.txt、vocab.txt 或 tokenizer.model）；请添加一个。</translation>
    </message>
    <message>
        <source>%1: must map British spellings to American ones; mend or remove it.</source>
        <translation>%1：必须把英式拼写映射到美式拼写；请修正或删除它。</translation>
    </message>
    <message>
        <source>%1 holds no tokens.</source>
        <translation>%1 不含词元。</translation>
    </message>
    <message>
        <source>%1 must be [&quot;TOKEN&quot;, SCORE].</source>
        <translation>%1 必须为 [&quot;TOKEN&quot;, SCORE]。</translation>
    </message>
    <message>
        <source>%1 has no token for this text, and none for unknown characters (&quot;unk_id&quot;).</source>
        <translation>%1 没有此文本的词元，也没有未知字符的词元（“unk_id”）。</translation>
    </message>
    <message>
        <source>%1 needs &quot;%2&quot; for this text, but it is no token.</source>
        <translation>%1 处理此文本需要“%2”，但它不是词元。</translation>
    </message>
    <message>
        <source>%1 needs a model that runs, and %2 cannot be run (%3); choose rtn or one of the ggml types, which read weights only.</source>
        <translation>%1 需要能运行的模型，而 %2 无法运行（%3）；请选择只读取权重的 rtn 或某种 ggml 类型。</translation>
    </message>
    <message>
        <source>%2: cannot %1: %3; make room and try again.</source>
        <translation>%2：无法 %1：%3；请腾出空间后重试。</translation>
    </message>
    <message>
        <source>%2: cannot %1: %3; change its permissions or choose another folder.</source>
        <translation>%2：无法 %1：%3；请更改其权限或选择其他文件夹。</translation>
    </message>
    <message>
        <source>%1: reading or writing failed: %2; the disk may be full or failing.</source>
        <translation>%1：读取或写入失败：%2；磁盘可能已满或有故障。</translation>
    </message>
    <message>
        <source>%1 cannot be written; make room or name another folder.</source>
        <translation>%1 无法写入；请腾出空间或指定其他文件夹。</translation>
    </message>
    <message>
        <source>%1 must be a JSON object.</source>
        <translation>%1 必须是 JSON 对象。</translation>
    </message>
    <message>
        <source>%1: the id of &quot;%2&quot; must be a whole number.</source>
        <translation>%1：“%2”的编号必须是整数。</translation>
    </message>
    <message>
        <source>%1:%2 must be a token of at most %3 bytes in Base64 and its rank.</source>
        <translation>%1：%2 必须是 Base64 的词元（至多 %3 字节）及其序号。</translation>
    </message>
    <message>
        <source>%1: its tokenizer has %2 tokens, but the model&apos;s vocabulary %3; use the tokenizer that belongs to the model.</source>
        <translation>%1：其分词器有 %2 个词元，而模型的词表为 %3；请使用属于该模型的分词器。</translation>
    </message>
    <message>
        <source>recipe: transforms: %1 folds into norms, but %2 before it stands between them and the layers while the model runs; put %1 first.</source>
        <translation>配方：变换：%1 要并入归一化层，但它之前的 %2 在模型运行时介于归一化层与各层之间；请把 %1 放在前面。</translation>
    </message>
    <message>
        <source>recipe: weights: %1 folds scales into what feeds a layer, but the transform %2 stands between while the model runs; give %2 offline parts only, or switch the scale search off.</source>
        <translation>配方：权重：%1 要把缩放并入层的上游，但变换 %2 在模型运行时介于其间；请让 %2 只用离线部分，或关闭缩放搜索。</translation>
    </message>
    <message>
        <source>hadamard-rotation: the residual stream of %1 (family %2) cannot be rotated offline: %3; set &quot;residual&quot; to online or none.</source>
        <translation>hadamard-rotation：%1（%2 系列）的残差流无法离线旋转：%3；请将“residual”设为 online 或 none。</translation>
    </message>
    <message>
        <source>calibration: the sampler %1 does not make what %2 reads; leave it out for the fitting one.</source>
        <translation>校准：采样器 %1 产生的不是 %2 所读取的数据；请省略它以使用合适的采样器。</translation>
    </message>
    <message>
        <source>The weights of layer %1 hold values that are not finite (NaN or infinity).</source>
        <translation>层 %1 的权重含有非有限值（NaN 或无穷大）。</translation>
    </message>
    <message>
        <source>The input of layer %1 is not finite within the first %2 tokens; the model overflows on this calibration data.</source>
        <translation>层 %1 的输入在前 %2 个词元内就不是有限值；模型在这些校准数据上溢出。</translation>
    </message>
    <message>
        <source>%1 cannot hold the zero point %2 of %3, which lies outside the codes; run it with a range rule that includes zero (gptq-asym).</source>
        <translation>%1 无法保存 %3 的零点 %2，它超出了编码范围；请改用包含零的范围规则（gptq-asym）运行。</translation>
    </message>
    <message>
        <source>%1 has no codes of %2 bits, which the recipe wants for %3; the nearest width is %4.</source>
        <translation>%1 没有 %2 位的编码，而配方要求 %3 使用它；最接近的位宽是 %4。</translation>
    </message>
    <message>
        <source>%1 has no integer codes for %2 to hold; quantize the model first (run --export %2:DIR).</source>
        <translation>%1 没有可供 %2 保存的整数编码；请先量化模型（run --export %2:DIR）。</translation>
    </message>
    <message>
        <source>%1 keeps groups of neighbouring columns, and those of %2 follow GPTQ&apos;s order; run it with static groups, or export to gptq.</source>
        <translation>%1 的组由相邻的列构成，而 %2 的组遵循 GPTQ 的顺序；请用静态分组运行，或导出为 gptq。</translation>
    </message>
    <message>
        <source>%1 keeps scales in F16; run %2 with scale_type f16.</source>
        <translation>%1 以 F16 保存缩放因子；请用 scale_type f16 运行 %2。</translation>
    </message>
    <message>
        <source>%1 packs %2 rows together, and %3 has %4 rows; skip the layer, or export to compressed-tensors.</source>
        <translation>%1 把 %2 行打包在一起，而 %3 有 %4 行；请跳过该层，或导出为 compressed-tensors。</translation>
    </message>
    <message>
        <source>%1 needs columns in whole groups, and %2 has %3 columns in groups of %4; choose another group size, or skip the layer.</source>
        <translation>%1 要求列为整组，而 %2 有 %3 列，每组 %4 列；请选择其他组大小，或跳过该层。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is missing, damaged or of another length than the tokens; convert the file again.</source>
        <translation>%1：“%2”缺失、损坏或与词元数目不符；请重新转换该文件。</translation>
    </message>
    <message>
        <source>%1: %2 %3; the checkpoint is damaged.</source>
        <translation>%1：%2 %3；检查点已损坏。</translation>
    </message>
    <message>
        <source>%1: GGUF allows names of 63 bytes, and &quot;%2&quot; is longer; export to safetensors instead.</source>
        <translation>%1：GGUF 的名称最长 63 字节，而“%2”更长；请改为导出 safetensors。</translation>
    </message>
    <message>
        <source>%1: GGUF has no name for the tensor &quot;%2&quot;; export to safetensors instead.</source>
        <translation>%1：GGUF 没有张量“%2”的名称；请改为导出 safetensors。</translation>
    </message>
    <message>
        <source>%1: GGUF names the rule that splits a text into words, and that of this tokenizer is not known here; name it by the exporter&apos;s pre_tokenizer.</source>
        <translation>%1：GGUF 需要切词规则的名称，而此分词器的规则未知；请用导出器的 pre_tokenizer 指定。</translation>
    </message>
    <message>
        <source>%1: GGUF version %2 cannot be read (2 and 3 can, little-endian); convert the file again.</source>
        <translation>%1：无法读取 GGUF 版本 %2(可读取小端序的 2 和 3)；请重新转换该文件。</translation>
    </message>
    <message>
        <source>%1: a later part of a split model; open its first part, %2.</source>
        <translation>%1：这是分卷模型的后续部分；请打开第一部分 %2。</translation>
    </message>
    <message>
        <source>%1: holds no importance matrix; give an imatrix file.</source>
        <translation>%1：其中没有重要性矩阵；请提供 imatrix 文件。</translation>
    </message>
    <message>
        <source>%1: no such folder or file; check the path.</source>
        <translation>%1：没有此文件夹或文件；请检查路径。</translation>
    </message>
    <message>
        <source>%1: not a GGUF file; check the path.</source>
        <translation>%1：不是 GGUF 文件；请检查路径。</translation>
    </message>
    <message>
        <source>%1: not a checkpoint; give a GGUF file, or the folder that holds config.json and model.safetensors.</source>
        <translation>%1：不是检查点；请提供 GGUF 文件，或包含 config.json 和 model.safetensors 的文件夹。</translation>
    </message>
    <message>
        <source>%1: part %2 of %3 is missing; copy all parts.</source>
        <translation>%1：缺少第 %2 部分（共 %3 部分）；请复制全部部分。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; %3; the file is damaged.</source>
        <translation>%1：张量“%2” %3；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; does not divide into %3 heads; the file is damaged.</source>
        <translation>%1：张量“%2”无法分成 %3 个头；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is missing or not of the type and shape that the quantization in config.json asks for; copy the checkpoint again.</source>
        <translation>%1：张量“%2”缺失，或其类型和形状与 config.json 中的量化不符；请重新复制检查点。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is of ggml type %3, which is retired or newer than this version; requantize the model.</source>
        <translation>%1：张量“%2”的 ggml 类型 %3 已停用或比此版本更新；请重新量化模型。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is of the type %3, which cannot be decoded; requantize the model to F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K to Q6_K or IQ4_NL.</source>
        <translation>%1：张量“%2”的类型 %3 无法解码；请将模型重新量化为 F32、F16、BF16、Q8_0、Q4_0、Q4_1、Q5_0、Q5_1、Q2_K 至 Q6_K 或 IQ4_NL。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is there both as values and as codes; the checkpoint is damaged.</source>
        <translation>%1：张量“%2”同时以数值和编码存在；检查点已损坏。</translation>
    </message>
    <message>
        <source>%1: the GGUF header is damaged or cut off at byte %2 (%3); copy the file again.</source>
        <translation>%1：GGUF 文件头在第 %2 字节处损坏或被截断（%3）；请重新复制该文件。</translation>
    </message>
    <message>
        <source>%1: the compressed-tensors format &quot;%2&quot; cannot be read; pack-quantized can.</source>
        <translation>%1：无法读取 compressed-tensors 格式“%2”；可以读取 pack-quantized。</translation>
    </message>
    <message>
        <source>%1: the entry &quot;%2&quot; of the importance matrix is damaged; collect it again.</source>
        <translation>%1：重要性矩阵的条目“%2”已损坏；请重新收集。</translation>
    </message>
    <message>
        <source>%1: the key &quot;%2&quot; holds no JSON object.</source>
        <translation>%1：键“%2”不是 JSON 对象。</translation>
    </message>
    <message>
        <source>%1: the key &quot;%2&quot; is missing; the file does not say what its model looks like.</source>
        <translation>%1：缺少键“%2”；文件未说明其模型的结构。</translation>
    </message>
    <message>
        <source>%1: the pre-tokenizer &quot;%2&quot; is not known; put the model&apos;s tokenizer.json beside the file.</source>
        <translation>%1：未知的预分词器“%2”；请将模型的 tokenizer.json 放在该文件旁。</translation>
    </message>
    <message>
        <source>%1: its rotary positions cannot be read (whole heads, plain or with linear or Llama 3&apos;s scaling, can); export the model from its original checkpoint.</source>
        <translation>%1：无法读取其旋转位置（可读取整头的、无缩放或线性、Llama 3 缩放的）；请从原始检查点导出模型。</translation>
    </message>
    <message>
        <source>%1: the value of &quot;%2&quot; is of another type than it must be.</source>
        <translation>%1：“%2”的值类型不正确。</translation>
    </message>
    <message>
        <source>%1: token &quot;%2&quot; has an id that cannot be.</source>
        <translation>%1：词元“%2”的编号不可能存在。</translation>
    </message>
    <message>
        <source>%1: tokenizers of the kind &quot;%2&quot; cannot be read from GGUF; put the model&apos;s tokenizer.json beside the file.</source>
        <translation>%1：无法从 GGUF 读取“%2”类分词器；请将模型的 tokenizer.json 放在该文件旁。</translation>
    </message>
    <message>
        <source>A zero point of %1 is 0, which version 1 of gptq cannot hold; export with zero_points v2.</source>
        <translation>%1 的某个零点为 0，gptq 的版本 1 无法保存；请用 zero_points v2 导出。</translation>
    </message>
    <message>
        <source>No file for the importance matrix was given.</source>
        <translation>未指定重要性矩阵的文件。</translation>
    </message>
    <message>
        <source>Programs that load %1 merge %2 and %3, so both need the same bits, group size and symmetry; allocate with --target.</source>
        <translation>加载 %1 的程序会合并 %2 和 %3，因此两者的位宽、组大小和对称性必须相同；请用 --target 分配。</translation>
    </message>
    <message>
        <source>The importance matrix has %1 columns for %2, which has %3; it belongs to another model.</source>
        <translation>重要性矩阵为 %2 提供了 %1 列，而它有 %3 列；该矩阵属于另一个模型。</translation>
    </message>
    <message>
        <source>The scales of %1 do not fit %2, which this format keeps them in; run it with scale_type f16.</source>
        <translation>%1 的缩放因子不适合此格式所用的 %2；请用 scale_type f16 运行。</translation>
    </message>
    <message>
        <source>The weights hold a value that is not finite.</source>
        <translation>权重中有非有限的值。</translation>
    </message>
    <message>
        <source>gguf has no block type for the codes of %1: %2. The nearest: a ggml-* quantizer, or rtn or gptq with 4, 5 or 8 bits, symmetric, in groups of 32 or a multiple; or export to safetensors and convert that.</source>
        <translation>gguf 没有适合 %1 的编码的块类型：%2。最接近的选择：ggml-* 量化器，或 4、5、8 位对称、每组 32 列或其倍数的 rtn 或 gptq；或导出为 safetensors 后再转换。</translation>
    </message>
    <message>
        <source>Layer %1 cannot be pinned to the ratio %2: the sensitivity run did not probe it.</source>
        <translation>无法将层 %1 固定为比例 %2：敏感度运行没有探测它。</translation>
    </message>
    <message>
        <source>The sensitivity run did not probe %1 as this allocation has it.</source>
        <translation>敏感度运行没有按此分配中的形式探测 %1。</translation>
    </message>
    <message>
        <source>The interactions of layers do not fit their sensitivities; measure both again.</source>
        <translation>层间交互与其敏感度不匹配；请重新测量两者。</translation>
    </message>
    <message>
        <source>The interactions name layer %1, which the sensitivities lack; measure both again.</source>
        <translation>交互中提到层 %1，但敏感度中没有它；请重新测量两者。</translation>
    </message>
    <message>
        <source>Unknown source of interactions &quot;%1&quot;.</source>
        <translation>未知的交互来源“%1”。</translation>
    </message>
    <message>
        <source>The sensitivity run holds no interactions of the source %1; run sensitivity with --interactions block (or fisher, full).</source>
        <translation>敏感度运行没有来源为 %1 的交互；请用 --interactions block（或 fisher、full）运行 sensitivity。</translation>
    </message>
    <message>
        <source>The target is &quot;%1&quot;, but must be vllm, gptq, awq, gguf or none.</source>
        <translation>目标为“%1”，但必须是 vllm、gptq、awq、gguf 或 none。</translation>
    </message>
    <message>
        <source>Target %1 cannot hold a share of %2 at another width; probe widths instead of ratios, or choose the target none.</source>
        <translation>目标 %1 无法以另一位宽存放 %2 的一部分；请探测位宽而非比例，或选择目标 none。</translation>
    </message>
    <message>
        <source>Target %1 reads widths of %2 bits, not %3 as for %4; probe others with sensitivity --bits.</source>
        <translation>目标 %1 只支持 %2 位的位宽，不支持 %4 的 %3 位；请用 sensitivity --bits 探测其他位宽。</translation>
    </message>
    <message>
        <source>Target %1 packs %2 rows together, which do not divide the %3 rows of %4; leave this layer out.</source>
        <translation>目标 %1 每 %2 行打包在一起，而 %4 有 %3 行，不能整除；请跳过该层。</translation>
    </message>
    <message>
        <source>Target %1 stores %2 bits in blocks of %3 columns, which do not divide the %4 columns of %5; choose another width.</source>
        <translation>目标 %1 以 %3 列为一块存放 %2 位权重，而 %5 有 %4 列，不能整除；请选择其他位宽。</translation>
    </message>
    <message>
        <source>Target %1 wants groups that divide the columns: groups of %2 do not divide the %3 columns of %4; probe with another group size.</source>
        <translation>目标 %1 要求分组能整除列数：大小为 %2 的分组不能整除 %4 的 %3 列；请用其他分组大小探测。</translation>
    </message>
    <message>
        <source>Target %1 merges %2 (%3 bits) and %4 (%5 bits) into one matrix; give them one width.</source>
        <translation>目标 %1 会将 %2（%3 位）与 %4（%5 位）合并为一个矩阵；请给它们同一位宽。</translation>
    </message>
    <message>
        <source>The layers have no probed width (or ratio) in common that a uniform allocation could use.</source>
        <translation>各层没有共同探测过的位宽（或比例）可供统一分配使用。</translation>
    </message>
    <message>
        <source>%1: &quot;chunk_length&quot; must be 1 to %2 whole seconds.</source>
        <translation>%1：“chunk_length”必须是 1 到 %2 的整数秒。</translation>
    </message>
    <message>
        <source>sensitivity: &quot;ratios&quot; is %1, but must be a list of numbers from 0 to 1.</source>
        <translation>sensitivity：“ratios”为 %1，但必须是 0 到 1 之间的数的列表。</translation>
    </message>
    <message>
        <source>sensitivity: %1 has no loss that gradients could be taken of; set quantizer.scores to activation.</source>
        <translation>sensitivity：%1 没有可求梯度的损失；请将 quantizer.scores 设为 activation。</translation>
    </message>
    <message>
        <source>sensitivity: probing ratios takes two widths, &quot;bits&quot;: [2, 4], not %1.</source>
        <translation>sensitivity：探测比例需要两个位宽，即 &quot;bits&quot;: [2, 4]，而不是 %1。</translation>
    </message>
    <message>
        <source>sensitivity: %1 keeps no high-impact weights, so it has no ratios to probe; take high-impact-mixed.</source>
        <translation>sensitivity：%1 不保留高影响权重，没有可探测的比例；请使用 high-impact-mixed。</translation>
    </message>
    <message>
        <source>sensitivity: %1 has no loss to probe pairs of layers with; leave the interactions at none.</source>
        <translation>sensitivity：%1 没有可用于探测层对的损失；请将交互保持为 none。</translation>
    </message>
    <message>
        <source>sensitivity: pairs are measured; leave &quot;measured&quot; on, or take the interactions &quot;fisher&quot;.</source>
        <translation>sensitivity：层对需要实测；请保持“measured”开启，或使用交互“fisher”。</translation>
    </message>
    <message>
        <source>sensitivity: the Fisher projection comes with the prediction; leave &quot;predicted&quot; on.</source>
        <translation>sensitivity：费舍尔投影随预测得出；请保持“predicted”开启。</translation>
    </message>
    <message>
        <source>sensitivity: the estimator block-local serves interactions; add --interactions block, or leave it out.</source>
        <translation>sensitivity：估计器 block-local 只用于层间交互；请添加 --interactions block，或不要使用它。</translation>
    </message>
    <message>
        <source>sensitivity: local errors know nothing of pairs across blocks; take the interactions &quot;block&quot; or the estimator &quot;suffix&quot;.</source>
        <translation>sensitivity：局部误差不反映跨块的层对；请使用交互“block”或估计方法“suffix”。</translation>
    </message>
    <message>
        <source>The impact scores of a layer&apos;s channels are not finite; the model overflows on this calibration data.</source>
        <translation>某层通道的影响分数不是有限数；模型在此校准数据上溢出。</translation>
    </message>
    <message>
        <source>%1: the file of impact scores is damaged; run again.</source>
        <translation>%1：影响分数文件已损坏；请重新运行。</translation>
    </message>
    <message>
        <source>There is no metric &quot;%1&quot; to rank layers by; known: %2.</source>
        <translation>没有可用于给层排名的指标“%1”；已知：%2。</translation>
    </message>
    <message>
        <source>Calibration sets are compared between runs; name at least two.</source>
        <translation>校准集在运行之间比较；请至少指定两次运行。</translation>
    </message>
    <message>
        <source>The runs are about different models, %1 and %2; compare runs of one model.</source>
        <translation>这些运行针对不同的模型：%1 和 %2；请比较同一模型的运行。</translation>
    </message>
    <message>
        <source>The runs have fewer than two layers in common that %1 was measured of; their ranking cannot be compared.</source>
        <translation>这些运行中测量过 %1 的共同层不足两个，无法比较其排名。</translation>
    </message>
    <message>
        <source>%1 is no outlier atlas of this version; run outliers again.</source>
        <translation>%1 不是本版本的离群图谱；请重新运行 outliers。</translation>
    </message>
    <message>
        <source>%1: the outlier atlas is damaged; run outliers again.</source>
        <translation>%1：离群图谱已损坏；请重新运行 outliers。</translation>
    </message>
    <message>
        <source>%1: the file of the outlier atlas is missing (a store that was mailed has none); run outliers again.</source>
        <translation>%1：缺少离群图谱文件（通过邮件发送的存储不含此文件）；请重新运行 outliers。</translation>
    </message>
    <message>
        <source>The run keeps no outlier atlas of this layer (&quot;%1&quot;).</source>
        <translation>此运行没有保存该层的离群图谱（“%1”）。</translation>
    </message>
    <message>
        <source>What a transform would change is known for 2 to 8 bits and for alpha, guard and share between 0 and 1.</source>
        <translation>变换效果的预测仅适用于 2 到 8 位，且 alpha、保护阈值和占比须在 0 到 1 之间。</translation>
    </message>
    <message>
        <source>%1 holds nothing of layer %2; run outliers again.</source>
        <translation>%1 中没有层 %2 的内容；请重新运行 outliers。</translation>
    </message>
    <message>
        <source>%1: not the ranges of a run&apos;s activations; run again.</source>
        <translation>%1：不是一次运行的激活范围；请重新运行。</translation>
    </message>
    <message>
        <source>%1: no norm of %2 (family %3) feeds linear layers, so no scale can be folded; leave the transform out.</source>
        <translation>%1：%2（系列 %3）没有归一化为线性层供数，因此无法并入缩放；请不要使用该变换。</translation>
    </message>
    <message>
        <source>The sensitivity run has %1 for some layers only; let it finish (resume), or choose another metric (--set allocator.metric=%2).</source>
        <translation>该敏感度运行只有部分层有 %1；请让它完成（继续），或选择另一个指标（--set allocator.metric=%2）。</translation>
    </message>
    <message>
        <source>The sensitivity run was not asked for %1; choose a metric that it has (--set allocator.metric=%2), or run it again.</source>
        <translation>该敏感度运行没有测量 %1；请选择它已有的指标（--set allocator.metric=%2），或重新运行。</translation>
    </message>
    <message>
        <source>The allocator %1 needs a budget, such as 3 bits per weight (--budget-bits 3).</source>
        <translation>分配器 %1 需要一个预算，例如每个权重 3 位（--budget-bits 3）。</translation>
    </message>
    <message>
        <source>%1: GGUF&apos;s gpt2 has the activation %2 only, not %3; export to safetensors instead.</source>
        <translation>%1：GGUF 的 gpt2 只支持激活函数 %2，不支持 %3；请改为导出到 safetensors。</translation>
    </message>
    <message>
        <source>%1: models of the type &quot;%2&quot; cannot be written as GGUF; llama, mistral, qwen2, qwen3 and gpt2 can. Export to safetensors instead.</source>
        <translation>%1：类型为“%2”的模型无法写成 GGUF；llama、mistral、qwen2、qwen3 和 gpt2 可以。请改为导出到 safetensors。</translation>
    </message>
    <message>
        <source>A file to write has an empty name; name one.</source>
        <translation>要写入的文件名为空；请指定一个文件名。</translation>
    </message>
    <message>
        <source>%1: is a device or pipe, which cannot be replaced; name a file.</source>
        <translation>%1：是设备或管道，不能被替换；请指定一个文件。</translation>
    </message>
    <message>
        <source>The run on %1 did not probe %2 bits, but %3; choose a width that all runs probed.</source>
        <translation>对 %1 的运行没有探测 %2 位，而是 %3；请选择所有运行都探测过的位宽。</translation>
    </message>
    <message>
        <source>%1 holds %2 entries and no text among them; name a text file, or a folder of texts.</source>
        <translation>%1 含有 %2 个条目，其中没有文本；请指定文本文件或存放文本的文件夹。</translation>
    </message>
    <message>
        <source>%1: the file holds a vocabulary and no tensors, so it is no model; the command tokenize reads it.</source>
        <translation>%1：该文件只含词表而没有张量，因此不是模型；可用命令 tokenize 读取。</translation>
    </message>
    <message>
        <source>%1 packs rows and columns in multiples of %2, and %3 is %4 x %5; skip the layer, or export to compressed-tensors.</source>
        <translation>%1 按 %2 的倍数打包行和列，而 %3 是 %4 x %5；请跳过该层，或导出为 compressed-tensors。</translation>
    </message>
    <message>
        <source>These budgets cannot be met together, though each can alone; raise one of them.</source>
        <translation>这些预算单独都能满足，但不能同时满足；请提高其中一个。</translation>
    </message>
    <message>
        <source>No allocation that keeps all of these budgets was found; raise one of them.</source>
        <translation>没有找到同时满足所有这些预算的分配；请提高其中一个预算。</translation>
    </message>
    <message>
        <source>%1: its inputs on the calibration data are not finite; the model&apos;s weights overflow, or choose other data.</source>
        <translation>%1：它在校准数据上的输入不是有限数；可能是模型的权重溢出，或者请选择其他数据。</translation>
    </message>
    <message>
        <source>The system gives no more threads; close other programs and start Bitprism again.</source>
        <translation>系统无法再提供线程；请关闭其他程序，然后重新启动 Bitprism。</translation>
    </message>
    <message>
        <source>%1 does not hold a number of samples; start a new run.</source>
        <translation>%1 中没有样本数；请开始新的运行。</translation>
    </message>
    <message>
        <source>%1 holds matrices stored row by row, one for each layer, and %2 of %3 is not; export to safetensors.</source>
        <translation>%1 只存放按行存储、每层一个的矩阵，而 %3 的 %2 不是；请导出为 safetensors。</translation>
    </message>
    <message>
        <source>%1 holds uniform integer codes, which the codes of %2 (%3) are not; the nearest is gptq (or rtn) with 4 bits, or an export to safetensors.</source>
        <translation>%1 存放均匀整数编码，而 %2 的编码（%3）不是；最接近的是 4 位的 gptq（或 rtn），或导出为 safetensors。</translation>
    </message>
    <message>
        <source>%1 has one group size for all layers, and %2 has groups of %3; export to compressed-tensors.</source>
        <translation>%1 的所有层只有一种分组大小，而 %2 的分组为 %3；请导出为 compressed-tensors。</translation>
    </message>
    <message>
        <source>%1 of %2 bits (layer %3) are read by programs with version 0.17 or later only; the nearest width is %4, or export with other_widths to write them all the same.</source>
        <translation>%2 位的 %1（层 %3）只有 0.17 或更新版本的程序才能读取；最接近的位宽是 %4，或者用 other_widths 导出以照样写入。</translation>
    </message>
    <message>
        <source>%1: checkpoint_format &quot;%2&quot; cannot be read; gptq, gptq_v2 and gptq_p can.</source>
        <translation>%1：无法读取 checkpoint_format “%2”；可以读取 gptq、gptq_v2 和 gptq_p。</translation>
    </message>
    <message>
        <source>%1 holds the layer %2, which the model does not have; delete the run and start it again.</source>
        <translation>%1 含有模型中没有的层 %2；请删除该运行并重新开始。</translation>
    </message>
    <message>
        <source>The stored range of activations of %1 is damaged; delete the run and start it again.</source>
        <translation>%1 存储的激活范围已损坏；请删除该运行并重新开始。</translation>
    </message>
    <message>
        <source>%1: its tokenizer has only %2 tokens, but the model&apos;s vocabulary %3; use the tokenizer that belongs to the model.</source>
        <translation>%1：其分词器只有 %2 个词元，而模型的词汇表有 %3 个；请使用属于该模型的分词器。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; of the quantization_config is %3, but %4 %5; correct the file or copy the checkpoint again.</source>
        <translation>%1：quantization_config 的“%2”是 %3，但 %4 %5；请更正该文件或重新复制检查点。</translation>
    </message>
    <message>
        <source>%1 exists already; choose another name, or remove it first (what writes one file replaces it with --overwrite).</source>
        <translation>%1 已存在；请换一个名称，或先将其删除（写单个文件的命令可用 --overwrite 替换它）。</translation>
    </message>
    <message>
        <source>%1: the key &quot;tokenizer.ggml.model&quot; is missing, so its tokens cannot be read; put the model&apos;s tokenizer.json beside the file.</source>
        <translation>%1：缺少键“tokenizer.ggml.model”，无法读取其词元；请把模型的 tokenizer.json 放在该文件旁。</translation>
    </message>
    <message>
        <source>%1: the key &quot;%2&quot; contradicts the key &quot;%3&quot;; the file was changed or damaged, export it again.</source>
        <translation>%1：键“%2”与键“%3”矛盾；文件被改动或已损坏，请重新导出。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; is of a block that the model&apos;s configuration does not have; the two do not belong together.</source>
        <translation>%1：张量“%2”属于模型配置中没有的块；两者不匹配。</translation>
    </message>
    <message>
        <source>%1: &quot;quant_method&quot; is &quot;%2&quot;, so tensor &quot;%3&quot; holds codes that cannot be read; compressed-tensors, gptq and awq can.</source>
        <translation>%1：“quant_method”为“%2”，因此张量“%3”中的编码无法读取；可读取 compressed-tensors、gptq 和 awq。</translation>
    </message>
    <message>
        <source>Two exports go to %1; give each its own.</source>
        <translation>两个导出都写往 %1；请各给一个路径。</translation>
    </message>
    <message>
        <source>%1: AWQ&apos;s layout &quot;%2&quot; cannot be read; gemm with 4 bits can.</source>
        <translation>%1：无法读取 AWQ 的布局“%2”；可以读取 4 位的 gemm。</translation>
    </message>
    <message>
        <source>The scores of a layer&apos;s weights are not finite; the model overflows on this calibration data.</source>
        <translation>某层权重的评分不是有限值；模型在此校准数据上溢出。</translation>
    </message>
    <message>
        <source>The weight %1 is too large for the type %2; keep values in f32 or bf16.</source>
        <translation>权重 %1 对类型 %2 来说过大；请用 f32 或 bf16 保存值。</translation>
    </message>
    <message>
        <source>Weights are kept apart in layers with up to %1 columns, not %2; choose another quantizer.</source>
        <translation>只有不超过 %1 列的层才能另存权重，而此层有 %2 列；请选择其他量化器。</translation>
    </message>
    <message>
        <source>%1: tokenizer_config.json names the token &quot;%2&quot;, which the tokenizer beside it lacks; use the tokenizer that belongs to the model.</source>
        <translation>%1：tokenizer_config.json 指定了词元“%2”，但旁边的分词器没有它；请使用属于该模型的分词器。</translation>
    </message>
    <message>
        <source>--set transforms: &quot;%1&quot; names an empty transform; write names with commas between them, or none.</source>
        <translation>--set transforms：“%1”中有空的变换名；请写以逗号分隔的名称，或 none。</translation>
    </message>
    <message>
        <source>%1 does not listen to speech, so it has no word error rate; choose another task, `methods` lists them.</source>
        <translation>%1 不识别语音，因此没有词错误率；请选择其他任务，`methods` 会列出它们。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; holds %3, but weights must be floating-point, or packed as a quantization_config in config.json says; add it, or open the unquantized checkpoint.</source>
        <translation>%1：张量“%2”的类型是 %3，但权重必须是浮点数，或按 config.json 中的 quantization_config 打包；请补上它，或打开未量化的检查点。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; is missing; it names a component, and `methods` lists them.</source>
        <translation>%1：缺少“%2”；它指定一个组件，`methods` 会列出它们。</translation>
    </message>
    <message>
        <source>%1: the piece &quot;%2&quot; stands in the vocabulary twice; the file is damaged, fetch it again.</source>
        <translation>%1：词片 %2 在词表中出现两次；文件已损坏，请重新获取。</translation>
    </message>
    <message>
        <source>%1 is a link to %2, where nothing is; mend the link, or fetch what it points to.</source>
        <translation>%1 是指向 %2 的链接，但那里没有任何东西；请修复链接，或取回它所指向的文件。</translation>
    </message>
    <message>
        <source>%1: tensor &quot;%2&quot; at bytes %3 to %4 overlaps tensor &quot;%5&quot; at %6 to %7; the file is damaged.</source>
        <translation>%1：位于字节 %3 至 %4 的张量“%2”与位于 %6 至 %7 的张量“%5”重叠；文件已损坏。</translation>
    </message>
    <message>
        <source>%1: unknown key &quot;%2&quot;; it takes: %3. &quot;%2&quot; is a parameter of %4.</source>
        <translation>%1：未知的键“%2”；它接受：%3。“%2”是 %4 的参数。</translation>
    </message>
    <message>
        <source>%1, the folder with the codes of run %2, is missing: codes lie beside a store and are no part of a backup; work on the store that the run was made in, or copy its folder here.</source>
        <translation>%1（运行 %2 的编码所在文件夹）不存在：编码存放在项目旁边，不包含在备份中；请使用产生该运行的项目，或将其文件夹复制到此处。</translation>
    </message>
    <message>
        <source>%1: no such folder; check the path, or put the model back.</source>
        <translation>%1：没有此文件夹；请检查路径，或将模型放回原处。</translation>
    </message>
    <message>
        <source>%1 is damaged: it does not hold the codes that run %2 wrote; put it back from a copy, or delete the run and run its recipe again.</source>
        <translation>%1 已损坏：其内容不是运行 %2 写入的编码；请从副本中放回，或删除该运行并重新执行其配方。</translation>
    </message>
    <message>
        <source>%1: &quot;%2&quot; decides by a sensitivity run; solve it with `allocate` and run the recipe it writes.</source>
        <translation>%1：“%2”依据敏感度运行来决定；请用 `allocate` 求解，再执行它写出的配方。</translation>
    </message>
    <message>
        <source>%1: %2 has no layer &quot;%3&quot;; the allocation was made for another model.</source>
        <translation>%1：%2 没有名为“%3”的层；该分配是为另一个模型制定的。</translation>
    </message>
    <message>
        <source>%1: layer %2: %3 keeps no high-impact weights, so it takes no ratio; remove the ratio or choose another quantizer.</source>
        <translation>%1：层 %2：%3 不保留高影响权重，因此不接受比例；请删除比例或选择其他量化器。</translation>
    </message>
    <message>
        <source>%1: the disk is full; make room, then resume the run or repeat what you did.</source>
        <translation>%1：磁盘已满；请腾出空间，然后继续该运行或重复刚才的操作。</translation>
    </message>
    <message>
        <source>%1, with codes of run %2, is missing; put it back from a copy, or delete the run and run its recipe again.</source>
        <translation>缺少 %1，其中有运行 %2 的编码；请从副本中放回，或删除该运行并重新执行其配方。</translation>
    </message>
    <message>
        <source>%1: the result %3 of run %2 is damaged; restore a backup, or delete the run and run it again.</source>
        <translation>%1：运行 %2 的结果 %3 已损坏；请恢复备份，或删除该运行并重新执行。</translation>
    </message>
</context>
<context>
    <name>Format</name>
    <message>
        <source>%1 K</source>
        <extracomment>thousands of weights</extracomment>
        <translation>%1 K</translation>
    </message>
    <message>
        <source>%1 M</source>
        <extracomment>millions of weights</extracomment>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>%1 B</source>
        <extracomment>thousand millions of weights</extracomment>
        <translation>%1 B</translation>
    </message>
    <message>
        <source>%1 T</source>
        <extracomment>million millions of weights</extracomment>
        <translation>%1 T</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 分 %2 秒</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分</translation>
    </message>
    <message>
        <source>d MMM yyyy HH:mm</source>
        <extracomment>a date with a time, in the letters of QDateTime::toString()</extracomment>
        <translation>yyyy-MM-dd HH:mm</translation>
    </message>
</context>
<context>
    <name>Job</name>
    <message>
        <source>Benchmark</source>
        <translation>基准测试</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Export a run</source>
        <translation>导出运行</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>Resume a run</source>
        <translation>继续运行</translation>
    </message>
    <message>
        <source>Run a recipe</source>
        <translation>运行配方</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Which part is measured.</source>
        <translation>测量哪个部分。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>The sizes of its work.</source>
        <translation>其工作的规模。</translation>
    </message>
    <message>
        <source>Calibration data</source>
        <translation>校准数据</translation>
    </message>
    <message>
        <source>File that the calibration samples are drawn from.</source>
        <translation>抽取校准样本的文件。</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>The sampler&apos;s id, under &quot;sampler&quot;, and its parameters.</source>
        <translation>采样器的 id（在“sampler”下）及其参数。</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>What to measure: a task&apos;s id, or an object with parameters.</source>
        <translation>测量什么：任务的 id，或带参数的对象。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>File to measure on.</source>
        <translation>用于测量的文件。</translation>
    </message>
    <message>
        <source>Reference model</source>
        <translation>参考模型</translation>
    </message>
    <message>
        <source>Checkpoint to compare the output distributions with.</source>
        <translation>用于比较输出分布的检查点。</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>窗口数</translation>
    </message>
    <message>
        <source>Windows (documents) to score; 0: all.</source>
        <translation>要评分的窗口（文档）数；0：全部。</translation>
    </message>
    <message>
        <source>Window length</source>
        <translation>窗口长度</translation>
    </message>
    <message>
        <source>Tokens of a window; 0: the model&apos;s context, at most 2048.</source>
        <translation>一个窗口的词元数；0：模型的上下文长度，最多 2048。</translation>
    </message>
    <message>
        <source>Stride</source>
        <translation>步长</translation>
    </message>
    <message>
        <source>Tokens from window to window; 0: the length.</source>
        <translation>窗口之间的词元数；0：等于长度。</translation>
    </message>
    <message>
        <source>Document separator</source>
        <translation>文档分隔符</translation>
    </message>
    <message>
        <source>Text between documents, each scored by itself; empty: none.</source>
        <translation>文档之间的文本，每个文档单独评分；空：没有。</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>An exporter&apos;s id, or an object with parameters.</source>
        <translation>导出器的 id，或带参数的对象。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Folder to write.</source>
        <translation>要写入的文件夹。</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Text to continue; empty: start anew.</source>
        <translation>要续写的文本；空：从头开始。</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元数</translation>
    </message>
    <message>
        <source>Tokens to add at most.</source>
        <translation>最多添加的词元数。</translation>
    </message>
    <message>
        <source>Dry run</source>
        <translation>试算</translation>
    </message>
    <message>
        <source>Only estimate time and memory.</source>
        <translation>只估计时间和内存。</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>The quantization as a composition of components.</source>
        <translation>由组件组合而成的量化描述。</translation>
    </message>
    <message>
        <source>Evaluations</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Tasks and files to measure the quantized model by.</source>
        <translation>用来测量量化后模型的任务和文件。</translation>
    </message>
    <message>
        <source>Exports</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Formats and folders to write the quantized model to.</source>
        <translation>写出量化后模型的格式和文件夹。</translation>
    </message>
    <message>
        <source>Baseline</source>
        <translation>基线</translation>
    </message>
    <message>
        <source>Measure the unquantized model by the same tasks.</source>
        <translation>用相同的任务测量未量化的模型。</translation>
    </message>
    <message>
        <source>Only estimate time, memory and size.</source>
        <translation>只估计时间、内存和大小。</translation>
    </message>
    <message>
        <source>Widths</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>List of bit widths to probe.</source>
        <translation>要探测的位宽列表。</translation>
    </message>
    <message>
        <source>Quantizer</source>
        <translation>量化器</translation>
    </message>
    <message>
        <source>The weight quantizer&apos;s id and its parameters.</source>
        <translation>权重量化器的 id 及其参数。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Run the model for each layer and width.</source>
        <translation>对每一层和每个位宽运行模型。</translation>
    </message>
    <message>
        <source>Predict</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Activation bits</source>
        <translation>激活位宽</translation>
    </message>
    <message>
        <source>Width of activations that bit operations and bytes moved are counted with; activations are not rounded here.</source>
        <translation>计算位运算与读写字节时所用的激活位宽；此处不对激活取整。</translation>
    </message>
    <message>
        <source>Transforms</source>
        <translation>变换</translation>
    </message>
    <message>
        <source>List of transforms, as in a recipe, that the model is probed behind.</source>
        <translation>变换列表（与配方相同），模型在其后被探测。</translation>
    </message>
    <message>
        <source>Tokens from window to window; 0: the sampler draws.</source>
        <translation>相邻窗口之间的词元数；0：由采样器抽取。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>File to write.</source>
        <translation>要写入的文件。</translation>
    </message>
    <message>
        <source>Importance matrix</source>
        <translation>重要性矩阵</translation>
    </message>
    <message>
        <source>Older form</source>
        <translation>旧格式</translation>
    </message>
    <message>
        <source>Writes the form that older programs read.</source>
        <translation>写入较旧程序可读取的格式。</translation>
    </message>
    <message>
        <source>Widths of whole layers</source>
        <translation>整层的位宽</translation>
    </message>
    <message>
        <source>Shares of high-impact weights</source>
        <translation>高影响权重的比例</translation>
    </message>
    <message>
        <source>Probes</source>
        <translation>探测</translation>
    </message>
    <message>
        <source>What is varied.</source>
        <translation>变化的对象。</translation>
    </message>
    <message>
        <source>Ratios</source>
        <translation>比例</translation>
    </message>
    <message>
        <source>List of shares of high-impact weights to probe.</source>
        <translation>要探测的高影响权重占比列表。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Fisher projection of all pairs</source>
        <translation>所有层对的费舍尔投影</translation>
    </message>
    <message>
        <source>Pairs within a block</source>
        <translation>块内的层对</translation>
    </message>
    <message>
        <source>All pairs</source>
        <translation>所有层对</translation>
    </message>
    <message>
        <source>Interactions</source>
        <translation>交互</translation>
    </message>
    <message>
        <source>Which pairs of layers are probed together.</source>
        <translation>哪些层对一起探测。</translation>
    </message>
    <message>
        <source>By the model&apos;s size</source>
        <translation>按模型大小</translation>
    </message>
    <message>
        <source>The loss, measured</source>
        <translation>实测损失</translation>
    </message>
    <message>
        <source>Error of the block&apos;s output, scaled</source>
        <translation>块输出误差，经缩放</translation>
    </message>
    <message>
        <source>Estimator</source>
        <translation>估计方法</translation>
    </message>
    <message>
        <source>How probes are judged; automatic measures models up to 1 B parameters.</source>
        <translation>如何评判探测；自动时，参数不超过 10 亿的模型实测。</translation>
    </message>
    <message>
        <source>Wanted standard error</source>
        <translation>期望标准误</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>图谱</translation>
    </message>
    <message>
        <source>Most that the maps of all layers take on the disk; larger ones are reduced with their maxima kept.</source>
        <translation>所有层的图谱最多占用的磁盘空间；更大的会被缩减，但保留最大值。</translation>
    </message>
    <message>
        <source>Says how many bytes it would write, and writes nothing.</source>
        <translation>只说明将写入多少字节，不写入任何内容。</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>A file that is there is replaced; a folder never is.</source>
        <translation>已有的文件会被替换；文件夹从不替换。</translation>
    </message>
    <message>
        <source>Predict the change in loss from one gradient pass.</source>
        <translation>由一次梯度计算预测损失的变化。</translation>
    </message>
    <message>
        <source>Of a probe&apos;s change in loss; chooses the number of samples. 0: as many as the calibration says.</source>
        <translation>一次探测的损失变化的标准误；据此选择样本数。0：按校准设置。</translation>
    </message>
</context>
<context>
    <name>LayerKind</name>
    <message>
        <source>Attention, query</source>
        <translation>注意力，查询</translation>
    </message>
    <message>
        <source>Attention, key</source>
        <translation>注意力，键</translation>
    </message>
    <message>
        <source>Attention, value</source>
        <translation>注意力，值</translation>
    </message>
    <message>
        <source>Attention, output</source>
        <translation>注意力，输出</translation>
    </message>
    <message>
        <source>Cross-attention, query</source>
        <translation>交叉注意力，查询</translation>
    </message>
    <message>
        <source>Cross-attention, key</source>
        <translation>交叉注意力，键</translation>
    </message>
    <message>
        <source>Cross-attention, value</source>
        <translation>交叉注意力，值</translation>
    </message>
    <message>
        <source>Cross-attention, output</source>
        <translation>交叉注意力，输出</translation>
    </message>
    <message>
        <source>Feed-forward, gate</source>
        <translation>前馈，门控</translation>
    </message>
    <message>
        <source>Feed-forward, up</source>
        <translation>前馈，升维</translation>
    </message>
    <message>
        <source>Feed-forward, down</source>
        <translation>前馈，降维</translation>
    </message>
    <message>
        <source>Projection</source>
        <translation>投影</translation>
    </message>
    <message>
        <source>Convolution</source>
        <translation>卷积</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>输出头</translation>
    </message>
</context>
<context>
    <name>ModelPart</name>
    <message>
        <source>Embedding</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Attention</source>
        <translation>注意力</translation>
    </message>
    <message>
        <source>Feed-forward</source>
        <translation>前馈</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Other layers</source>
        <translation>其他层</translation>
    </message>
    <message>
        <source>Norms, biases and the rest</source>
        <translation>归一化、偏置及其余</translation>
    </message>
</context>
<context>
    <name>ModelProblem</name>
    <message>
        <source>no model type is named (model_type of config.json, general.architecture of GGUF), so the model opens for weight analysis only</source>
        <translation>没有注明模型类型（config.json 的 model_type，GGUF 的 general.architecture），因此该模型只能做权重分析</translation>
    </message>
    <message>
        <source>the family &quot;%1&quot; cannot be run by this version; it opens for weight analysis only</source>
        <translation>此版本无法运行“%1”系列；它只能做权重分析</translation>
    </message>
    <message>
        <source>%1 tensors are missing, the first is %2</source>
        <translation>缺少 %1 个张量，第一个是 %2</translation>
    </message>
    <message>
        <source>%1 tensors of the encoder are missing, the first is %2</source>
        <translation>编码器缺少 %1 个张量，第一个是 %2</translation>
    </message>
    <message>
        <source>%1 is missing, so the model opens for its encoder and writes no text</source>
        <translation>缺少 %1，因此该模型只打开编码器，不能写出文本</translation>
    </message>
</context>
<context>
    <name>Outliers</name>
    <message>
        <source>token %1</source>
        <translation>词元 %1</translation>
    </message>
    <message>
        <source>sample %1, position %2</source>
        <translation>样本 %1，位置 %2</translation>
    </message>
    <message>
        <source>“%1”, %2</source>
        <extracomment>the token&apos;s text, then where it stands</extracomment>
        <translation>“%1”，%2</translation>
    </message>
    <message>
        <source>magnitude</source>
        <translation>幅值</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>channel %1</source>
        <translation>通道 %1</translation>
    </message>
    <message>
        <source>channels %1 to %2</source>
        <translation>通道 %1 至 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n tokens from %1</source>
        <translation>
            <numerusform>自 %1 起的 %n 个词元</numerusform>
        </translation>
    </message>
    <message>
        <source>largest</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>smallest, negated</source>
        <translation>最小值取负</translation>
    </message>
    <message>
        <source>Largest magnitude</source>
        <translation>最大幅值</translation>
    </message>
    <message>
        <source>Largest over median magnitude</source>
        <translation>最大幅值与中位幅值之比</translation>
    </message>
    <message>
        <source>Error due to outlier channels, %</source>
        <translation>离群通道造成的误差，%</translation>
    </message>
    <message>
        <source>Kurtosis</source>
        <translation>峰度</translation>
    </message>
    <message>
        <source>The largest magnitude in the layer&apos;s input on the calibration set.</source>
        <translation>该层输入在校准集上的最大幅值。</translation>
    </message>
    <message>
        <source>How many times larger the largest magnitude is than the median one: what one grid for all has to span.</source>
        <translation>最大幅值是中位幅值的多少倍：单一网格必须覆盖的范围。</translation>
    </message>
    <message>
        <source>How much of the squared error of the layer&apos;s output goes away at 8 bits with one grid, where the largest hundredth of the channels is kept as it is.</source>
        <translation>在 8 位单一网格下，若幅值最大的百分之一通道保持不变，该层输出的平方误差会减少多少。</translation>
    </message>
    <message>
        <source>The fourth standardised moment of the layer&apos;s input: 3 for a normal distribution, more where a few values are far larger than the rest.</source>
        <translation>该层输入的四阶标准化矩：正态分布为 3；少数值远大于其余值时更大。</translation>
    </message>
    <message>
        <source>largest weight</source>
        <translation>最大权重</translation>
    </message>
    <message>
        <source>largest magnitude</source>
        <translation>最大幅值</translation>
    </message>
    <message>
        <source>layer, by block</source>
        <translation>层，按块排列</translation>
    </message>
    <message>
        <source>|gain| of the norm</source>
        <translation>归一化的 |增益|</translation>
    </message>
    <message>
        <source>No norm feeds this layer, so no gain makes its outliers.</source>
        <translation>此层的输入不来自归一化层，因此离群值并非由增益造成。</translation>
    </message>
    <message>
        <source>The norm&apos;s gain is the same for all channels.</source>
        <translation>归一化的增益在所有通道上相同。</translation>
    </message>
    <message>
        <source>The gain makes the largest channel: it is %1 times the median gain. Rank correlation over all channels %2.</source>
        <translation>最大的通道由增益造成：其增益是中位增益的 %1 倍。所有通道的秩相关为 %2。</translation>
    </message>
    <message>
        <source>The channels with a large gain are the large ones: rank correlation %1.</source>
        <translation>增益大的通道正是幅值大的通道：秩相关 %1。</translation>
    </message>
    <message>
        <source>The gain explains a part of the large channels: rank correlation %1.</source>
        <translation>增益解释了部分大幅值通道：秩相关 %1。</translation>
    </message>
    <message>
        <source>The gain does not make the large channels: rank correlation %1.</source>
        <translation>大幅值通道并非由增益造成：秩相关 %1。</translation>
    </message>
    <message numerus="yes">
        <source>dashed: the ends of a grid of %n values</source>
        <translation>
            <numerusform>虚线：%n 个值的网格的两端</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>dashed: the %n values of the grid</source>
        <translation>
            <numerusform>虚线：网格的 %n 个值</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, for a typical token</source>
        <translation>%1，对于典型词元</translation>
    </message>
    <message>
        <source>%1, weights alone: columns as channels, run %2</source>
        <translation>%1，仅权重：以列为通道，运行 %2</translation>
    </message>
    <message>
        <source>%1, %2 tokens of %3, run %4</source>
        <translation>%1，%3 的 %2 个词元，运行 %4</translation>
    </message>
    <message>
        <source>empty: the layer has fewer channels; </source>
        <translation>空白：该层的通道较少；</translation>
    </message>
    <message>
        <source>in each block from the left: %1; </source>
        <extracomment>names of layers</extracomment>
        <translation>每块内从左起：%1；</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 至 %2</translation>
    </message>
    <message>
        <source>%1, at most: the run&apos;s grids are narrower</source>
        <translation>%1，至多如此：运行所用的网格更窄</translation>
    </message>
</context>
<context>
    <name>PictureDialog</name>
    <message>
        <source>Save the plot</source>
        <translation>保存图</translation>
    </message>
    <message>
        <source>%1 picture (*.%2)</source>
        <translation>%1 图片 (*.%2)</translation>
    </message>
</context>
<context>
    <name>Plot</name>
    <message>
        <source>%1th of %2</source>
        <extracomment>place among all: &quot;4th of 42&quot;</extracomment>
        <translation>第 %1，共 %2</translation>
    </message>
    <message>
        <source>%1st of %2</source>
        <extracomment>place among all: &quot;1st of 42&quot;</extracomment>
        <translation>第 %1，共 %2</translation>
    </message>
    <message>
        <source>%1nd of %2</source>
        <extracomment>place among all: &quot;2nd of 42&quot;</extracomment>
        <translation>第 %1，共 %2</translation>
    </message>
    <message>
        <source>%1rd of %2</source>
        <extracomment>place among all: &quot;3rd of 42&quot;</extracomment>
        <translation>第 %1，共 %2</translation>
    </message>
    <message>
        <source>%1 (logarithmic)</source>
        <extracomment>the title of an axis, which may name a unit</extracomment>
        <translation>%1（对数）</translation>
    </message>
    <message>
        <source>%1 (log)</source>
        <extracomment>the title of an axis, short form of &quot;(logarithmic)&quot;</extracomment>
        <translation>%1（对数）</translation>
    </message>
    <message>
        <source>%1 ± %2</source>
        <translation>%1 ± %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 among %2</source>
        <extracomment>a place among all, and what these are: &quot;2nd of 16 among the layers shown&quot;</extracomment>
        <translation>%2中%1</translation>
    </message>
    <message>
        <source>%1 (percentile %2)</source>
        <extracomment>a place among all, and the share of them that is smaller: &quot;3rd of 42 (percentile 94)&quot;</extracomment>
        <translation>%1（百分位 %2）</translation>
    </message>
    <message>
        <source>(%1 ± %2)e%3</source>
        <extracomment>a value and its standard error, both times the same power of ten</extracomment>
        <translation>(%1 ± %2)e%3</translation>
    </message>
    <message>
        <source>standard error</source>
        <translation>标准误</translation>
    </message>
    <message>
        <source>standard error of: %1</source>
        <translation>标准误：%1</translation>
    </message>
</context>
<context>
    <name>Recipe</name>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>File that statistics are collected on; never used for measuring.</source>
        <translation>用于收集统计量的文件；绝不用于测量。</translation>
    </message>
    <message>
        <source>Evaluation</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>Held-out file that perplexity is measured on.</source>
        <translation>用于测量困惑度的留出文件。</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>Number of calibration samples.</source>
        <translation>校准样本的数量。</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Tokens of a sample; cut to what the model can take.</source>
        <translation>一个样本的词元数；截断到模型能接受的长度。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Equal seeds give equal codes, bit for bit.</source>
        <translation>相同的种子给出逐位相同的编码。</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>What the task is measured on: a text, or a list of records. Never the calibration data.</source>
        <translation>测量任务所用的数据：文本或记录列表。绝不用校准数据。</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>What the run is called in the list; empty: by its recipe.</source>
        <translation>运行在列表中的名称；留空则按配方命名。</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>实验</translation>
    </message>
    <message>
        <source>Group that the run joins: runs of one experiment stand together. Empty: none.</source>
        <translation>运行所属的组：同一实验的运行排在一起。留空则不归组。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Folder to write; it must not exist yet, or be empty.</source>
        <translation>要写入的文件夹；必须尚不存在或为空。</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>窗口数</translation>
    </message>
    <message>
        <source>Windows (documents, items) that are measured; 0: all. To begin with as the newest run of the model, so that runs can be compared.</source>
        <translation>要测量的窗口（文档、条目）数；0：全部。起初与该模型最新的运行相同，以便比较。</translation>
    </message>
    <message>
        <source>Window length</source>
        <translation>窗口长度</translation>
    </message>
    <message>
        <source>Tokens of a window; 0: the model&apos;s context, at most 2048. To begin with as the newest run of the model, so that runs can be compared.</source>
        <translation>每个窗口的词元数；0：模型的上下文长度，最多 2048。起初与该模型最新的运行相同，以便比较。</translation>
    </message>
</context>
<context>
    <name>RecipeWords</name>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>激活</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 缓存</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Transform %1</source>
        <translation>变换 %1</translation>
    </message>
    <message>
        <source>Measurement %1</source>
        <translation>测量 %1</translation>
    </message>
    <message>
        <source>Exception %1</source>
        <translation>例外 %1</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本数</translation>
    </message>
    <message>
        <source>Length, tokens</source>
        <translation>长度（词元）</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>High-impact ratio</source>
        <translation>高影响比例</translation>
    </message>
    <message>
        <source>By layer</source>
        <translation>逐层</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>a part of the recipe and one of its parameters: &quot;Weights: Bits&quot;</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>Every budget of the allocator %1; the cross is the choice</source>
        <translation>分配器 %1 的所有预算；叉号为所选</translation>
    </message>
    <message>
        <source>predicted change</source>
        <translation>预测变化</translation>
    </message>
    <message>
        <source>average bits</source>
        <translation>平均位数</translation>
    </message>
    <message>
        <source>Chosen: %1 bits on average, predicted %2</source>
        <translation>所选：平均 %1 位，预测 %2</translation>
    </message>
    <message>
        <source>What two layers cost together beyond both alone, nats per token</source>
        <translation>两层共同的代价超出各自单独代价的部分，nats/词元</translation>
    </message>
    <message>
        <source>%1 pairs probed (%2); the strongest of each two layers, colours logarithmic; a dot marks pairs that cost less together</source>
        <translation>已探测 %1 对（%2）；每两层取最强者，颜色为对数；圆点表示共同代价更小的对</translation>
    </message>
    <message>
        <source>%1 with %2: %3</source>
        <translation>%1 与 %2：%3</translation>
    </message>
    <message>
        <source>%1 at %2 %</source>
        <translation>%1，%2 %</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>块 %1</translation>
    </message>
    <message>
        <source>Width of each layer&apos;s codes, bits</source>
        <translation>各层编码的位数</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>%1: %2 bits</source>
        <translation>%1：%2 位</translation>
    </message>
    <message>
        <source>%1, %2 high-impact</source>
        <translation>%1，高影响 %2</translation>
    </message>
    <message>
        <source>Output error of each quantized layer, as a share of the output&apos;s square</source>
        <translation>各量化层的输出误差，占输出平方的比例</translation>
    </message>
    <message>
        <source>Weight error of each quantized layer, squared weight units</source>
        <translation>各量化层的权重误差，权重单位的平方</translation>
    </message>
    <message>
        <source>Layers in model order</source>
        <translation>各层按模型顺序</translation>
    </message>
    <message>
        <source>error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>Largest input magnitude of each layer, and of its median token</source>
        <translation>各层输入的最大幅值，以及中位词元的最大幅值</translation>
    </message>
    <message>
        <source>%1 tokens, layers in model order</source>
        <translation>%1 个词元，各层按模型顺序</translation>
    </message>
    <message>
        <source>magnitude</source>
        <translation>幅值</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>最大值</translation>
    </message>
    <message>
        <source>median token&apos;s largest</source>
        <translation>中位词元的最大值</translation>
    </message>
    <message>
        <source>%1: largest %2, kurtosis %3</source>
        <translation>%1：最大 %2，峰度 %3</translation>
    </message>
    <message>
        <source>%1, channel %2</source>
        <translation>%1，通道 %2</translation>
    </message>
    <message>
        <source>%1: median token&apos;s largest %2</source>
        <translation>%1：中位词元的最大值 %2</translation>
    </message>
    <message>
        <source>%1, layers in model order</source>
        <translation>%1，各层按模型顺序</translation>
    </message>
    <message>
        <source>%1: kurtosis of the weights %2</source>
        <translation>%1：权重的峰度 %2</translation>
    </message>
    <message>
        <source>%1: kurtosis of the input %2</source>
        <translation>%1：输入的峰度 %2</translation>
    </message>
    <message>
        <source>Kurtosis of each layer&apos;s input and weights (3: a bell curve)</source>
        <translation>各层输入和权重的峰度（3：钟形曲线）</translation>
    </message>
    <message>
        <source>kurtosis</source>
        <translation>峰度</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>%1: %2 of the error per tensor that its %3 largest channels cause at %4 bits</source>
        <translation>%1：按张量误差的 %2，由 %3 个最大通道在 %4 位时造成</translation>
    </message>
    <message>
        <source>%1: %2 of the error per token that its %3 largest channels cause at %4 bits</source>
        <translation>%1：按词元误差的 %2，由 %3 个最大通道在 %4 位时造成</translation>
    </message>
    <message>
        <source>Share of each layer&apos;s quantization error that its largest 1 % of channels cause at 8 bits</source>
        <translation>各层 8 位量化误差中由最大 1 % 通道造成的比例</translation>
    </message>
    <message>
        <source>share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>per tensor</source>
        <translation>按张量</translation>
    </message>
    <message>
        <source>per token</source>
        <translation>按词元</translation>
    </message>
    <message>
        <source>Predicted output error of each layer, share of the output&apos;s square, at %1-bit weights and %2-bit inputs</source>
        <translation>各层的预测输出误差，占输出平方的比例，权重 %1 位、输入 %2 位</translation>
    </message>
    <message>
        <source>Kendall tau of the layers&apos; ranking by %1 between calibration sets, with standard errors</source>
        <translation>校准集之间按 %1 的层排名的肯德尔 τ，带标准误</translation>
    </message>
    <message>
        <source>%1 and %2</source>
        <translation>%1 与 %2</translation>
    </message>
    <message>
        <source>%1 (log)</source>
        <translation>%1（对数）</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 位</translation>
    </message>
    <message>
        <source>%1 layers, %2 tokens, quantizer %3, colours logarithmic</source>
        <translation>%1 层，%2 个词元，量化器 %3，颜色为对数</translation>
    </message>
    <message>
        <source>%1 layers, quantizer %2, colours logarithmic</source>
        <translation>%1 层，量化器 %2，颜色为对数</translation>
    </message>
    <message>
        <source>%1 and %2 more</source>
        <translation>%1 及另外 %2 层</translation>
    </message>
    <message>
        <source>rank %1 of %2</source>
        <translation>第 %1 名，共 %2</translation>
    </message>
    <message>
        <source>%1, %2 at %3 bits: %4 %5, %6</source>
        <translation>%1，%2 为 %3 位：%4 %5，%6</translation>
    </message>
    <message>
        <source>%1, %2 bits: %3 %4, %5</source>
        <translation>%1，%2 位：%3 %4，%5</translation>
    </message>
    <message>
        <source>%1: not measured</source>
        <translation>%1：未测量</translation>
    </message>
    <message>
        <source>KL divergence when only this layer is quantized, nats per token</source>
        <translation>只量化此层时的 KL 散度，nats/词元</translation>
    </message>
    <message>
        <source>KL divergence</source>
        <translation>KL 散度</translation>
    </message>
    <message>
        <source>Predicted change in loss when only this layer is quantized, nats per token</source>
        <translation>只量化此层时的预测损失变化，nats/词元</translation>
    </message>
    <message>
        <source>Error of the model&apos;s output when only this layer is quantized, as a share of its square</source>
        <translation>只量化此层时模型输出的误差，占其平方的比例</translation>
    </message>
    <message>
        <source>model output error</source>
        <translation>模型输出误差</translation>
    </message>
    <message>
        <source>Output error when only this layer is quantized, as a share of the output&apos;s square</source>
        <translation>只量化此层时的输出误差，占输出平方的比例</translation>
    </message>
    <message>
        <source>output error</source>
        <translation>输出误差</translation>
    </message>
    <message>
        <source>Mean squared error of the weights of each layer</source>
        <translation>各层权重的均方误差</translation>
    </message>
    <message>
        <source>weight error</source>
        <translation>权重误差</translation>
    </message>
    <message>
        <source>One marker per layer and width, dashed where both agree</source>
        <translation>每层每个位宽一个标记，虚线处两者一致</translation>
    </message>
    <message>
        <source>%1, rank correlation %2</source>
        <translation>%1，秩相关 %2</translation>
    </message>
    <message>
        <source>%1, %2 at or below zero not drawn</source>
        <translation>%1，%2 个不大于零的未画出</translation>
    </message>
    <message>
        <source>Predicted against measured change in loss when only one layer is quantized, nats per token</source>
        <translation>只量化一层时，预测与实测的损失变化，nats/词元</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>实测</translation>
    </message>
    <message>
        <source>predicted</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>%1, %2 bits: predicted %3, measured %4</source>
        <translation>%1，%2 位：预测 %3，实测 %4</translation>
    </message>
    <message>
        <source>Pareto front: no run beats these</source>
        <translation>帕累托前沿：没有其他运行更优</translation>
    </message>
    <message>
        <source>the unquantized model</source>
        <translation>未量化的模型</translation>
    </message>
    <message>
        <source>unquantized %1</source>
        <translation>未量化 %1</translation>
    </message>
    <message>
        <source>%1, unquantized %2</source>
        <translation>%1，未量化 %2</translation>
    </message>
    <message>
        <source>%1, lower is better; bars: one standard error, paired over windows</source>
        <translation>%1，越低越好；误差线：一个标准误，按窗口成对</translation>
    </message>
    <message>
        <source>loss above the unquantized model</source>
        <translation>相对未量化模型增加的损失</translation>
    </message>
    <message>
        <source>%1, lower is better; bars: one standard error</source>
        <translation>%1，越低越好；误差线：一个标准误</translation>
    </message>
    <message>
        <source>%1, higher is better; bars: one standard error</source>
        <translation>%1，越高越好；误差线：一个标准误</translation>
    </message>
    <message>
        <source>size of the checkpoint, %1</source>
        <translation>检查点大小，%1</translation>
    </message>
    <message>
        <source>%1, run %2 (%3)</source>
        <translation>%1，运行 %2（%3）</translation>
    </message>
    <message>
        <source>Written %1 by Bitprism %2 from %3</source>
        <translation>由 Bitprism %2 于 %1 生成，数据来自 %3</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Calibration sets</source>
        <translation>校准集</translation>
    </message>
    <message>
        <source>Rankings of %1 layers by %2 under %3 calibration sets: mean Kendall tau %4.</source>
        <translation>%1 层按 %2 在 %3 个校准集下的排名：肯德尔 τ 平均为 %4。</translation>
    </message>
    <message>
        <source>Note: %1</source>
        <translation>说明：%1</translation>
    </message>
    <message>
        <source>%1, allocated by %2</source>
        <translation>%1，由 %2 分配</translation>
    </message>
    <message>
        <source>%1 %2 of %3, %4</source>
        <translation>%3 的%1 %2，%4</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>失败：%1</translation>
    </message>
    <message>
        <source>How to repeat it</source>
        <translation>如何重现</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Sensitivity of every layer</source>
        <translation>各层的敏感度</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>KL divergence, nats</source>
        <translation>KL 散度，nats</translation>
    </message>
    <message>
        <source>Change in loss, nats</source>
        <translation>损失变化，nats</translation>
    </message>
    <message>
        <source>Predicted change, nats</source>
        <translation>预测变化，nats</translation>
    </message>
    <message>
        <source>Output error, relative</source>
        <translation>相对输出误差</translation>
    </message>
    <message>
        <source>Weight error, squared</source>
        <translation>权重平方误差</translation>
    </message>
    <message>
        <source>Strongest interactions (%1 of %2 pairs, %3)</source>
        <translation>最强的交互（%2 对中的 %1 对，%3）</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>形式</translation>
    </message>
    <message>
        <source>With layer</source>
        <translation>另一层</translation>
    </message>
    <message>
        <source>Beyond both alone, nats per token</source>
        <translation>超出各自单独的部分，nats/词元</translation>
    </message>
    <message>
        <source>Fisher projection</source>
        <translation>费舍尔投影</translation>
    </message>
    <message>
        <source>Allocation by %1: %2 bits on average, %3, predicted change %4 nats per token</source>
        <translation>%1 的分配：平均 %2 位，%3，预测变化 %4 nats/词元</translation>
    </message>
    <message>
        <source>High-impact</source>
        <translation>高影响</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>What</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model&apos;s fingerprint</source>
        <translation>模型指纹</translation>
    </message>
    <message>
        <source>Codes&apos; SHA-256</source>
        <translation>编码的 SHA-256</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>完成时间</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>sample %1, position %2</source>
        <translation>样本 %1，位置 %2</translation>
    </message>
    <message>
        <source>Inputs of every layer</source>
        <translation>各层的输入</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Kurtosis</source>
        <translation>峰度</translation>
    </message>
    <message>
        <source>Median token&apos;s largest</source>
        <translation>中位词元的最大值</translation>
    </message>
    <message>
        <source>99 % of tokens below</source>
        <translation>99 % 的词元低于</translation>
    </message>
    <message>
        <source>Outlier channels: largest</source>
        <translation>离群通道：最大值</translation>
    </message>
    <message>
        <source>What amplifies outlier channels, and what they cost</source>
        <translation>什么放大了离群通道，以及它们的代价</translation>
    </message>
    <message>
        <source>Largest over median channel</source>
        <translation>最大通道与中位通道之比</translation>
    </message>
    <message>
        <source>Outlier channels: norm&apos;s gain</source>
        <translation>离群通道：归一化增益</translation>
    </message>
    <message>
        <source>Rank correlation of gain and maxima</source>
        <translation>增益与最大值的秩相关</translation>
    </message>
    <message>
        <source>Error they cause at 8 bits, per tensor</source>
        <translation>8 位时造成的误差，按张量</translation>
    </message>
    <message>
        <source>Per token</source>
        <translation>按词元</translation>
    </message>
    <message>
        <source>Tokens that excite the largest channel</source>
        <translation>激发最大通道的词元</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>In context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Massive activations and attention sinks</source>
        <translation>巨量激活与注意力汇聚点</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Value, or share of attention</source>
        <translation>值，或注意力占比</translation>
    </message>
    <message>
        <source>%1 of stack %2</source>
        <translation>%1（堆栈 %2）</translation>
    </message>
    <message>
        <source>massive</source>
        <translation>巨量</translation>
    </message>
    <message>
        <source>sink of %1 of %2 heads</source>
        <translation>%2 个头中 %1 个的汇聚点</translation>
    </message>
    <message>
        <source>Predicted output error of each layer, relative, at %1-bit weights and %2-bit inputs per token</source>
        <translation>各层的预测相对输出误差，权重 %1 位、输入 %2 位，按词元</translation>
    </message>
    <message>
        <source>Predicted output error of each layer, relative, at %1-bit weights and %2-bit inputs per tensor</source>
        <translation>各层的预测相对输出误差，权重 %1 位、输入 %2 位，按张量</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>Kendall tau between calibration sets, layers ranked by %1</source>
        <translation>校准集之间的肯德尔 τ，各层按 %1 排名</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>校准集</translation>
    </message>
    <message>
        <source>And set</source>
        <translation>另一校准集</translation>
    </message>
    <message>
        <source>Tau</source>
        <translation>τ</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Quantization of %1: %2</source>
        <translation>%1 的量化：%2</translation>
    </message>
    <message>
        <source>Analysis of %1</source>
        <translation>%1 的分析</translation>
    </message>
    <message>
        <source>en</source>
        <extracomment>the name of the language of the translation, as HTML has it: en, zh-CN</extracomment>
        <translation>zh-CN</translation>
    </message>
    <message>
        <source>(Pareto)</source>
        <translation>（帕累托）</translation>
    </message>
    <message>
        <source>%1 on %2, lower is better</source>
        <translation>%2 上的%1，越低越好</translation>
    </message>
    <message>
        <source>%1 on %2, higher is better</source>
        <translation>%2 上的%1，越高越好</translation>
    </message>
    <message>
        <source>Average bits</source>
        <translation>平均位数</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>vs unquantized, %1</source>
        <translation>与未量化相比，%1</translation>
    </message>
    <message>
        <source>vs first run, %1</source>
        <translation>与首次运行相比，%1</translation>
    </message>
    <message>
        <source>KL, nats</source>
        <translation>KL，nats</translation>
    </message>
    <message>
        <source>Same top token</source>
        <translation>首选词元相同</translation>
    </message>
    <message>
        <source>unquantized</source>
        <translation>未量化</translation>
    </message>
    <message>
        <source>%1, unquantized</source>
        <translation>%1，未量化</translation>
    </message>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>evaluate</source>
        <translation>评估</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>标识</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Recipes: what differs from the first run</source>
        <translation>配方：与首次运行的不同之处</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>First run</source>
        <translation>首次运行</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>此运行</translation>
    </message>
    <message>
        <source>Layers: bits, and relative output error or else squared weight error</source>
        <translation>各层：位数，以及相对输出误差，否则为权重平方误差</translation>
    </message>
    <message>
        <source>%1: bits</source>
        <translation>%1：位数</translation>
    </message>
    <message>
        <source>%1: error</source>
        <translation>%1：误差</translation>
    </message>
    <message>
        <source>%1, the %2 with the largest differences of %3</source>
        <translation>%1，%3 层中差异最大的 %2 层</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Stored bits per weight</source>
        <translation>每权重存储位数</translation>
    </message>
    <message>
        <source>%1, the first %2 of %3 runs</source>
        <translation>%1，%3 次运行中的前 %2 次</translation>
    </message>
    <message>
        <source>%1 values</source>
        <translation>%1 个值</translation>
    </message>
    <message>
        <source>%1 other values</source>
        <translation>%1 个不同的值</translation>
    </message>
    <message>
        <source>%1 and %2 other models</source>
        <translation>%1 和另外 %2 个模型</translation>
    </message>
    <message>
        <source>%1 and 1 other model</source>
        <translation>%1 和另外 1 个模型</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 次运行</translation>
    </message>
    <message>
        <source>%1 runs</source>
        <translation>%1 次运行</translation>
    </message>
    <message>
        <source>1 evaluation</source>
        <translation>1 次评估</translation>
    </message>
    <message>
        <source>%1 evaluations</source>
        <translation>%1 次评估</translation>
    </message>
    <message>
        <source>Evaluation of %1: %2</source>
        <translation>%1 的评估：%2</translation>
    </message>
    <message>
        <source>Analysis of %1: %2</source>
        <translation>%1 的分析：%2</translation>
    </message>
    <message>
        <source>measured as it is: %1, %2 bits per weight</source>
        <translation>按原样测量：%1，每权重 %2 位</translation>
    </message>
    <message>
        <source>Recipes: what differs from %1</source>
        <translation>配方：与 %1 的差异</translation>
    </message>
    <message>
        <source>no recipe</source>
        <translation>无配方</translation>
    </message>
    <message>
        <source>column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Largest magnitude of each of the %1 columns of weights, by layer</source>
        <translation>权重的 %1 列中每一列的最大幅值，按层</translation>
    </message>
    <message>
        <source>Largest magnitude of each channel by depth, inputs of %1 channels</source>
        <translation>各通道随深度的最大幅值，%1 个通道的输入</translation>
    </message>
    <message>
        <source>%1 inputs, cells of %2 channels and %3 inputs, logarithmic colours</source>
        <translation>%1 个输入，每格 %2 个通道、%3 个输入，对数颜色</translation>
    </message>
    <message>
        <source>%1 inputs, cells of %2 channels, logarithmic colours</source>
        <translation>%1 个输入，每格 %2 个通道，对数颜色</translation>
    </message>
    <message>
        <source>%1 inputs, logarithmic colours</source>
        <translation>%1 个输入，对数颜色</translation>
    </message>
    <message>
        <source>%1: largest %2</source>
        <translation>%1：最大 %2</translation>
    </message>
    <message>
        <source>block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>logarithmic colours</source>
        <translation>对数颜色</translation>
    </message>
    <message>
        <source>cells of %1 channels and %2 tokens, logarithmic colours</source>
        <translation>每格 %1 个通道、%2 个词元，对数颜色</translation>
    </message>
    <message>
        <source>tokens %1 to %2: largest %3</source>
        <translation>词元 %1 到 %2：最大 %3</translation>
    </message>
    <message>
        <source>tokens %1 to %2: largest %3, at “%4”</source>
        <translation>词元 %1 到 %2：最大 %3，在“%4”处</translation>
    </message>
    <message>
        <source>Magnitude by channel and token, most outlying input: %1</source>
        <translation>各通道与词元的幅值，离群最严重的输入：%1</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>%1 to %2: %3 %</source>
        <translation>%1 到 %2：%3 %</translation>
    </message>
    <message>
        <source>share, %</source>
        <translation>占比，%</translation>
    </message>
    <message>
        <source>99 % lie on %1 of %2 values, on %3 of %4 at 8 bits</source>
        <translation>99 % 落在 %2 个值中的 %1 个上，8 位时为 %4 个中的 %3 个</translation>
    </message>
    <message>
        <source>value of the input</source>
        <translation>输入值</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Values of %1 on a 4-bit grid</source>
        <translation>%1 的值与 4 位网格</translation>
    </message>
    <message>
        <source>Input and weights of %1 on a 4-bit grid</source>
        <translation>%1 的输入和权重与 4 位网格</translation>
    </message>
    <message>
        <source>%1; lines: the grid over all values, symmetric for weights</source>
        <translation>%1；线条：覆盖全部值的网格，权重为对称网格</translation>
    </message>
    <message>
        <source>Outlier atlas</source>
        <translation>离群图谱</translation>
    </message>
    <message>
        <source>No map of channels and tokens: %1</source>
        <translation>没有通道与词元图：%1</translation>
    </message>
    <message>
        <source>Massive activations: none. No token leaves a block with an entry above both %1 and %2 times the median magnitude; the largest is %3, at most %4 times the median.</source>
        <translation>巨量激活：无。没有词元在离开某个块时有超过 %1 且超过中位幅值 %2 倍的值；最大的为 %3，至多是中位数的 %4 倍。</translation>
    </message>
    <message>
        <source>Attention sinks: none. No token gets more than %1 of the attention of any head, mean over the queries that see it.</source>
        <translation>注意力汇聚点：无。没有词元得到任何一个头超过 %1 的注意力（对看得到它的查询取平均）。</translation>
    </message>
    <message>
        <source>Attention sinks: not looked for, as no block&apos;s attention was seen.</source>
        <translation>注意力汇聚点：未查找，因为没有观察到任何块的注意力。</translation>
    </message>
    <message>
        <source>What each transform would change: medians over the layers that it applies to, before and after</source>
        <translation>每种变换会改变什么：它适用的层的中位数，之前与之后</translation>
    </message>
    <message>
        <source>Transform</source>
        <translation>变换</translation>
    </message>
    <message>
        <source>Kurtosis before</source>
        <translation>峰度，之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Range before</source>
        <translation>范围，之前</translation>
    </message>
    <message>
        <source>Error before</source>
        <translation>误差，之前</translation>
    </message>
    <message>
        <source>1 analysis</source>
        <translation>1 次分析</translation>
    </message>
    <message>
        <source>%1 analyses</source>
        <translation>%1 次分析</translation>
    </message>
    <message>
        <source>Predicted change in loss, nats per token, against average bits</source>
        <translation>预测的损失变化（nat/词元）对平均位数</translation>
    </message>
    <message>
        <source>Loss above the unquantized model, nats per token, against size of the checkpoint, %1</source>
        <translation>相对未量化模型增加的损失，nats/词元，按检查点大小，%1</translation>
    </message>
    <message>
        <source>%1, against size of the checkpoint, %2</source>
        <extracomment>the title of a chart: what is upwards, and the unit of the size across</extracomment>
        <translation>%1，按检查点大小，%2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <extracomment>a measure and its unit</extracomment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1, %2: %3</source>
        <translation>%1，%2：%3</translation>
    </message>
    <message>
        <source>%1: %2 %3, %4</source>
        <extracomment>a run, what is measured, its value, and its size</extracomment>
        <translation>%1：%2 %3，%4</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>output error, relative</source>
        <translation>输出误差，相对值</translation>
    </message>
    <message>
        <source>weight error, units squared</source>
        <translation>权重误差，单位的平方</translation>
    </message>
    <message>
        <source>Differences between the runs</source>
        <translation>运行之间的差异</translation>
    </message>
    <message>
        <source>%1, unpaired</source>
        <extracomment>a difference whose error is not that of the same windows in both runs</extracomment>
        <translation>%1，未配对</translation>
    </message>
</context>
<context>
    <name>ReportPreview</name>
    <message numerus="yes">
        <source>%1: %n rows</source>
        <translation>
            <numerusform>%1：%n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more rows are in the document.</source>
        <translation>
            <numerusform>文档中还有 %n 行。</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>the title of a chart, and of the part of the report that it is in</extracomment>
        <translation>%1（%2）</translation>
    </message>
</context>
<context>
    <name>RunHeadline</name>
    <message>
        <source>loss %1 ± %2 nats per token</source>
        <translation>损失 %1 ± %2 nats/词元</translation>
    </message>
    <message>
        <source>loss %1 nats per token</source>
        <translation>损失 %1 nats/词元</translation>
    </message>
    <message>
        <source>%1, unquantized %2</source>
        <translation>%1，未量化 %2</translation>
    </message>
    <message>
        <source>most sensitive at %1 bits: %2</source>
        <translation>%1 位时最敏感：%2</translation>
    </message>
    <message>
        <source>largest weight %1, in %2</source>
        <translation>最大权重 %1，在 %2 中</translation>
    </message>
    <message>
        <source>largest input %1, of %2</source>
        <translation>最大输入 %1，属于 %2</translation>
    </message>
</context>
<context>
    <name>RunStatus</name>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>✓ Finished</source>
        <translation>✓ 已完成</translation>
    </message>
    <message>
        <source>✕ Failed</source>
        <translation>✕ 失败</translation>
    </message>
    <message>
        <source>Stopped at %1</source>
        <extracomment>how much of the run was done when it was stopped</extracomment>
        <translation>停止于 %1</translation>
    </message>
    <message>
        <source>Interrupted at %1</source>
        <translation>中断于 %1</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>%1 was stopped near its start.</source>
        <translation>%1 在开始后不久就停止了。</translation>
    </message>
    <message>
        <source>%1 stopped at %2.</source>
        <extracomment>a run&apos;s name, and how far it is: &quot;12 of 42 layers measured&quot;</extracomment>
        <translation>%1 停在 %2。</translation>
    </message>
    <message>
        <source>%1 stopped at %2, %3.</source>
        <extracomment>a run&apos;s name, its share in per cent, and how far it is: &quot;12 of 42 layers measured&quot;</extracomment>
        <translation>%1 停在 %2，%3。</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>&lt; 1 %</source>
        <translation>&lt; 1 %</translation>
    </message>
    <message>
        <source>about %1 left</source>
        <translation>约剩余 %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>剩余 %1</translation>
    </message>
    <message>
        <source>At work</source>
        <translation>进行中</translation>
    </message>
</context>
<context>
    <name>Sensitivity</name>
    <message>
        <source>bits in the recipe</source>
        <translation>配方中的位数</translation>
    </message>
    <message>
        <source>%1, %2, %3 layers, %4 tokens of %5, run %6</source>
        <translation>%1，%2，%3 层，%5 的 %4 个词元，运行 %6</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>%1, %2, %3 layers, weights alone, run %4</source>
        <extracomment>%1 a model, %2 a quantizer, %3 a number of layers, %4 a run&apos;s name</extracomment>
        <translation>%1，%2，%3 层，仅权重，运行 %4</translation>
    </message>
    <message>
        <source>Ranked almost as measured</source>
        <translation>排序与实测几乎一致</translation>
    </message>
    <message>
        <source>Most are ranked as measured</source>
        <translation>排序大多与实测一致</translation>
    </message>
    <message>
        <source>Ranked only roughly as measured</source>
        <translation>排序与实测只大致相符</translation>
    </message>
    <message>
        <source>Not ranked as measured</source>
        <translation>排序与实测不符</translation>
    </message>
    <message numerus="yes">
        <source>One mark for each layer and width; above the line: it costs more than predicted. %1: rank correlation %2 over all %n marks. Outlined: inside the noise.</source>
        <extracomment>%1 how well, %2 the correlation, %n marks that it is of</extracomment>
        <translation>
            <numerusform>每层每个位宽一个标记；线以上：代价高于预测。%1：全部 %n 个标记的秩相关为 %2。空心：在噪声之内。</numerusform>
        </translation>
    </message>
    <message>
        <source>One mark for each layer and width; above the line: it costs more than predicted. Layers so far: %1, too few to say how well they are ranked; %2 are needed. Outlined: inside the noise.</source>
        <translation>每层每个位宽一个标记；线以上：代价高于预测。目前 %1 层，太少，无法说明排序的好坏；至少需要 %2 层。空心：在噪声之内。</translation>
    </message>
</context>
<context>
    <name>SensitivityMetric</name>
    <message>
        <source>KL divergence</source>
        <translation>KL 散度</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>nats/词元</translation>
    </message>
    <message>
        <source>KL divergence when only this layer is quantized, nats per token</source>
        <translation>只量化此层时的 KL 散度，nats/词元</translation>
    </message>
    <message>
        <source>How far the model&apos;s predictions move away from the unquantized model&apos;s: the mean over tokens of D(reference, quantized).</source>
        <translation>模型的预测离未量化模型有多远：D(参考，量化)在各词元上的均值。</translation>
    </message>
    <message>
        <source>Change in loss</source>
        <translation>损失变化</translation>
    </message>
    <message>
        <source>Change in loss when only this layer is quantized, nats per token</source>
        <translation>只量化此层时的损失变化，nats/词元</translation>
    </message>
    <message>
        <source>Mean negative log likelihood with this layer quantized less that of the unquantized model, on the same tokens.</source>
        <translation>量化此层后的平均负对数似然减去未量化模型在相同词元上的值。</translation>
    </message>
    <message>
        <source>Predicted change in loss</source>
        <translation>预测的损失变化</translation>
    </message>
    <message>
        <source>Change in loss predicted from one gradient pass when only this layer is quantized, nats per token</source>
        <translation>只量化此层时由一次梯度计算预测的损失变化，nats/词元</translation>
    </message>
    <message>
        <source>What the gradients of the loss say that quantizing this layer costs, without running the quantized model.</source>
        <translation>损失的梯度所示的量化此层的代价，无需运行量化后的模型。</translation>
    </message>
    <message>
        <source>Output error</source>
        <translation>输出误差</translation>
    </message>
    <message>
        <source>Error of each layer&apos;s output, as a share of the output&apos;s square</source>
        <translation>每层输出的误差，占输出平方的比例</translation>
    </message>
    <message>
        <source>Squared error of the layer&apos;s output on the calibration data, divided by the output&apos;s square.</source>
        <translation>该层输出在校准数据上的平方误差除以输出的平方。</translation>
    </message>
    <message>
        <source>Weight error</source>
        <translation>权重误差</translation>
    </message>
    <message>
        <source>Mean squared error of each layer&apos;s weights</source>
        <translation>每层权重的均方误差</translation>
    </message>
    <message>
        <source>Mean over weights of the squared difference that quantizing makes.</source>
        <translation>量化造成的差的平方在权重上的均值。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>1 bit</source>
        <translation>1 位</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 位</translation>
    </message>
    <message>
        <source>Error of the model&apos;s output</source>
        <translation>模型输出误差</translation>
    </message>
    <message>
        <source>Error of the model&apos;s output when only this layer is quantized, as a share of its square</source>
        <translation>只量化此层时模型输出的误差，占输出平方的比例</translation>
    </message>
    <message>
        <source>For models that score nothing (an encoder, CLIP&apos;s towers): squared change of their output, divided by the output&apos;s square.</source>
        <translation>用于不计分的模型（编码器、CLIP 的塔）：输出变化的平方除以输出的平方。</translation>
    </message>
    <message>
        <source>KL, nats</source>
        <translation>KL，nats</translation>
    </message>
    <message>
        <source>Change in loss, nats</source>
        <translation>损失变化，nats</translation>
    </message>
    <message>
        <source>Predicted, nats</source>
        <translation>预测值，nats</translation>
    </message>
    <message>
        <source>Model&apos;s output</source>
        <translation>模型输出</translation>
    </message>
</context>
<context>
    <name>Settings</name>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Language of the window; the command line stays English.</source>
        <translation>窗口的语言；命令行保持英语。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Light or dark colours.</source>
        <translation>浅色或深色。</translation>
    </message>
    <message>
        <source>Processor threads that jobs use; 0: all. Equal thread counts give equal codes.</source>
        <translation>作业使用的处理器线程数；0：全部。线程数相同则编码相同。</translation>
    </message>
    <message>
        <source>Threads of a job (0: all)</source>
        <translation>作业的线程数（0：全部）</translation>
    </message>
</context>
<context>
    <name>ShownRunBox</name>
    <message>
        <source>at work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>partial</source>
        <translation>不完整</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>reading</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>generating</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>calibration samples</source>
        <translation>抽取校准样本</translation>
    </message>
    <message>
        <source>running the unquantized model</source>
        <translation>运行未量化的模型</translation>
    </message>
    <message>
        <source>measuring the noise of a few probes</source>
        <translation>测量少量探测的噪声</translation>
    </message>
    <message>
        <source>ranking channels by gradients</source>
        <translation>按梯度排列通道</translation>
    </message>
    <message>
        <source>statistics of the head</source>
        <translation>输出头的统计</translation>
    </message>
    <message>
        <source>running block %1 in full precision</source>
        <translation>以全精度运行块 %1</translation>
    </message>
    <message>
        <source>pairs of block %1, %2 of %3</source>
        <translation>块 %1 的层对，%2 / %3</translation>
    </message>
    <message>
        <source>pairs of blocks %1 and %2</source>
        <translation>块 %1 与块 %2 的层对</translation>
    </message>
    <message>
        <source>adaround block %1, step %2</source>
        <translation>adaround 块 %1，第 %2 步</translation>
    </message>
    <message>
        <source>adaround %1, step %2</source>
        <translation>adaround %1，第 %2 步</translation>
    </message>
    <message>
        <source>omniquant-clip, epoch %1 of %2</source>
        <translation>omniquant-clip，第 %1 / %2 轮</translation>
    </message>
    <message>
        <source>statistics of %1</source>
        <translation>%1 的统计</translation>
    </message>
    <message>
        <source>statistics for %1</source>
        <translation>为 %1 统计</translation>
    </message>
    <message>
        <source>quantizing %1</source>
        <translation>量化 %1</translation>
    </message>
    <message>
        <source>writing %1</source>
        <translation>写入 %1</translation>
    </message>
    <message>
        <source>%1 of the unquantized model</source>
        <translation>未量化模型的 %1</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>%1 at ratio %2</source>
        <translation>%1，比例 %2</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>块 %1</translation>
    </message>
</context>
<context>
    <name>TableFiles</name>
    <message>
        <source>Save the table as CSV</source>
        <translation>将表格另存为 CSV</translation>
    </message>
    <message>
        <source>CSV tables (*.csv)</source>
        <translation>CSV 表格 (*.csv)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Save as CSV...</source>
        <translation>另存为 CSV(&amp;S)...</translation>
    </message>
    <message>
        <source>Not written: %1 exists already.</source>
        <translation>未写入：%1 已存在。</translation>
    </message>
</context>
<context>
    <name>TableText</name>
    <message>
        <source>%1: standard error</source>
        <extracomment>a column of a file, behind that of the values; %1 what it is the error of</extracomment>
        <translation>%1：标准误</translation>
    </message>
</context>
<context>
    <name>TaskTitle</name>
    <message>
        <source>%1, %2</source>
        <extracomment>a measure and its unit</extracomment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>Text</name>
    <message>
        <source>, </source>
        <extracomment>between the parts of a list</extracomment>
        <translation>，</translation>
    </message>
    <message>
        <source>; </source>
        <extracomment>between two clauses</extracomment>
        <translation>；</translation>
    </message>
</context>
<context>
    <name>TradeOffs</name>
    <message>
        <source>Loss above the unquantized model, nats per token</source>
        <translation>相对未量化模型增加的损失，nats/词元</translation>
    </message>
    <message>
        <source>Loss above, nats</source>
        <translation>增加的损失，nats</translation>
    </message>
    <message>
        <source>KL divergence from the unquantized model, nats per token</source>
        <translation>与未量化模型的 KL 散度，nats/词元</translation>
    </message>
    <message>
        <source>KL, nats</source>
        <translation>KL，nats</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>a measure, and the file or the way it was measured</extracomment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Size of the checkpoint, MB</source>
        <translation>检查点大小，MB</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Average bits per quantized weight</source>
        <translation>每个量化权重的平均位数</translation>
    </message>
    <message>
        <source>Average bits</source>
        <translation>平均位数</translation>
    </message>
    <message>
        <source>Time to quantize and measure, s</source>
        <translation>量化并测量所需时间，秒</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Moved</source>
        <translation>读写量</translation>
    </message>
    <message>
        <source>Bytes moved per token, MB</source>
        <translation>每词元读写的字节数，MB</translation>
    </message>
    <message>
        <source>Bit operations</source>
        <translation>位运算</translation>
    </message>
    <message>
        <source>Bit operations per token</source>
        <translation>每词元的位运算数</translation>
    </message>
    <message>
        <source>Pareto front: no run beats these</source>
        <translation>帕累托前沿：没有其他运行更优</translation>
    </message>
    <message>
        <source>Pareto front of %1: no run of it beats these</source>
        <translation>%1 的帕累托前沿：该模型没有其他运行更优</translation>
    </message>
    <message>
        <source>unquantized: 0, below this axis</source>
        <translation>未量化：0，在此轴之下</translation>
    </message>
    <message>
        <source>unquantized</source>
        <translation>未量化</translation>
    </message>
    <message>
        <source>%1, unquantized</source>
        <translation>%1，未量化</translation>
    </message>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n 个模型</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1; %n without both measures are not drawn</source>
        <extracomment>follows the line about what is drawn</extracomment>
        <translation>
            <numerusform>%1；另有 %n 次运行缺少其中一项指标，未画出</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, against %2</source>
        <extracomment>the title of a plot: what is upwards, and what is across</extracomment>
        <translation>%1，按%2</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n runs; larger: on the front, bars: standard errors, outlined: inside the noise</source>
        <translation>
            <numerusform>%1，%n 次运行；较大的点：在前沿上，误差线：标准误，空心：在噪声之内</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n runs without both measures are not drawn</source>
        <translation>
            <numerusform>未绘制 %n 次缺少其中一项测量的运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Masked NLL, nats</source>
        <translation>掩码 NLL，nats</translation>
    </message>
    <message>
        <source>Word errors, %</source>
        <translation>词错误，%</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>准确率</translation>
    </message>
    <message>
        <source>Zero-shot accuracy</source>
        <translation>零样本准确率</translation>
    </message>
    <message>
        <source>Output error</source>
        <translation>输出误差</translation>
    </message>
    <message>
        <source>Masked loss above the unquantized model, nats per masked token</source>
        <translation>相对未量化模型增加的掩码损失，nats/被掩码词元</translation>
    </message>
    <message>
        <source>Masked loss above, nats</source>
        <translation>增加的掩码损失，nats</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>a model, and a run of it</extracomment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>%1 substituted, %2 inserted, %3 missing</source>
        <translation>替换 %1，插入 %2，缺失 %3</translation>
    </message>
</context>
<context>
    <name>Unit</name>
    <message>
        <source>bit</source>
        <translation>位</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>位</translation>
    </message>
    <message>
        <source>columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>nats/词元</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>nats per masked token</source>
        <translation>nats/被掩码词元</translation>
    </message>
    <message>
        <source>share right</source>
        <translation>正确占比</translation>
    </message>
    <message>
        <source>% of words</source>
        <translation>占词数的 %</translation>
    </message>
    <message>
        <source>of the output&apos;s norm</source>
        <translation>占输出范数的比例</translation>
    </message>
</context>
<context>
    <name>View</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Trade-offs</source>
        <translation>权衡</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
</context>
<context>
    <name>WhatIf</name>
    <message>
        <source>No token entered this layer.</source>
        <translation>没有词元进入此层。</translation>
    </message>
    <message>
        <source>An odd number of channels has no Hadamard matrix.</source>
        <translation>通道数为奇数时没有哈达玛矩阵。</translation>
    </message>
    <message>
        <source>No norm feeds this layer.</source>
        <translation>此层的输入不来自归一化层。</translation>
    </message>
    <message>
        <source>Something else reads the norm that feeds this layer.</source>
        <translation>为此层提供输入的归一化层还被其他部分读取。</translation>
    </message>
    <message numerus="yes">
        <source>%n bits</source>
        <translation>
            <numerusform>%n 位</numerusform>
        </translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>不作变换</translation>
    </message>
    <message>
        <source>Only with the rotation&apos;s online parts: online_hidden, and heads online.</source>
        <translation>仅在旋转含有在线部分时成立：online_hidden，以及 heads online。</translation>
    </message>
    <message>
        <source>keep top 1 % of channels</source>
        <extracomment>what is kept as it is, for all a comparison</extracomment>
        <translation>保留最大的 1 % 通道</translation>
    </message>
</context>
<context>
    <name>bitprism</name>
    <message>
        <source>block %1</source>
        <translation>块 %1</translation>
    </message>
    <message>
        <source>%1 bits</source>
        <translation>%1 位</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>nats/词元</translation>
    </message>
    <message>
        <source>%1 at %2 bits, the rest at %3</source>
        <translation>%1 用 %2 位，其余用 %3 位</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>位</translation>
    </message>
    <message>
        <source>bits on average, filled by the ratio</source>
        <translation>平均位数，按比例填充</translation>
    </message>
    <message>
        <source>Interaction</source>
        <translation>交互</translation>
    </message>
    <message>
        <source>Fisher projection</source>
        <translation>费舍尔投影</translation>
    </message>
    <message>
        <source>frontier</source>
        <translation>前沿</translation>
    </message>
    <message>
        <source>%1 everywhere</source>
        <translation>处处 %1</translation>
    </message>
    <message>
        <source>%1 bits everywhere</source>
        <translation>处处 %1 位</translation>
    </message>
    <message>
        <source>this allocation</source>
        <translation>此分配</translation>
    </message>
    <message>
        <source>runs</source>
        <translation>运行</translation>
    </message>
    <message numerus="yes">
        <source>Rank correlation of prediction and measurement: %1, over %n runs</source>
        <translation>
            <numerusform>预测与实测的秩相关：%1，共 %n 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>one share for all layers</source>
        <translation>所有层同一比例</translation>
    </message>
    <message>
        <source>one width for all layers</source>
        <translation>所有层同一位宽</translation>
    </message>
</context>
<context>
    <name>bitprism::AllLayersPanel</name>
    <message>
        <source>Predicted error of every layer&apos;s output, % of the output&apos;s square</source>
        <translation>各层输出的预测误差，占输出平方的 %</translation>
    </message>
    <message>
        <source>what is done</source>
        <translation>处理方式</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Click: choose the layer.</source>
        <translation>单击：选择该层。</translation>
    </message>
    <message>
        <source>the layers</source>
        <translation>各层</translation>
    </message>
    <message>
        <source>Trying every transform on all layers.</source>
        <translation>正在对所有层试用每种变换。</translation>
    </message>
    <message>
        <source>This run keeps no tokens to try transforms on.</source>
        <translation>此运行没有保留可用来试用变换的词元。</translation>
    </message>
    <message>
        <source>weights at %1 bits, inputs at %2, on the tokens that were kept</source>
        <extracomment>widths of weights and inputs</extracomment>
        <translation>权重 %1 位，输入 %2 位，基于保留的词元</translation>
    </message>
    <message>
        <source>error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>% of the output&apos;s square</source>
        <translation>占输出平方的 %</translation>
    </message>
    <message>
        <source>the least error, beyond chance</source>
        <translation>误差最小，且并非偶然</translation>
    </message>
</context>
<context>
    <name>bitprism::AllocationModel</name>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Stored bits per weight</source>
        <translation>每权重存储位数</translation>
    </message>
    <message>
        <source>Change of bits</source>
        <translation>位数变化</translation>
    </message>
    <message>
        <source>nats</source>
        <extracomment>a unit of loss with the power of ten before it: &quot;10⁻³ nats&quot;</extracomment>
        <translation>nats</translation>
    </message>
    <message>
        <source>%1 nats</source>
        <translation>%1 nats</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 nats/词元</translation>
    </message>
    <message>
        <source>What the layer gets in this allocation</source>
        <translation>此层在本分配中的形式</translation>
    </message>
    <message>
        <source>Here</source>
        <translation>本分配</translation>
    </message>
    <message>
        <source>What the layer gets in the allocation that this one is compared with</source>
        <translation>此层在用来对比的分配中的形式</translation>
    </message>
    <message>
        <source>There</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>What the layer costs alone, nats per token; in the unit of the heading</source>
        <translation>此层单独造成的损伤，nats/词元，单位见列标题</translation>
    </message>
    <message>
        <source>Damage alone, %1</source>
        <translation>单独损伤，%1</translation>
    </message>
    <message>
        <source>How much more the layer costs alone here than there, nats per token; in the unit of the heading</source>
        <translation>此层单独的损伤比对比的分配多多少，nats/词元，单位见列标题</translation>
    </message>
    <message>
        <source>Change of damage, %1</source>
        <translation>损伤变化，%1</translation>
    </message>
</context>
<context>
    <name>bitprism::AllocationView</name>
    <message>
        <source>&amp;Measure this</source>
        <translation>测量此分配(&amp;M)</translation>
    </message>
    <message>
        <source>Layers of two allocations</source>
        <translation>两种分配的各层</translation>
    </message>
    <message>
        <source>&amp;Pin</source>
        <translation>固定(&amp;P)</translation>
    </message>
    <message>
        <source>Undo pins and edits</source>
        <translation>撤销固定与编辑</translation>
    </message>
    <message>
        <source>Solver</source>
        <translation>求解器</translation>
    </message>
    <message>
        <source>no constraints</source>
        <translation>无约束</translation>
    </message>
    <message>
        <source>Program that will run the result</source>
        <translation>将运行结果的程序</translation>
    </message>
    <message>
        <source>Budget in average bits</source>
        <translation>以平均位数计的预算</translation>
    </message>
    <message>
        <source>&amp;Solver</source>
        <translation>求解器(&amp;S)</translation>
    </message>
    <message>
        <source>Predicted change in loss</source>
        <translation>预测的损失变化</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Form of the chosen layer</source>
        <translation>所选层的形式</translation>
    </message>
    <message>
        <source>The solver keeps this layer as it is at every budget.</source>
        <translation>求解器在任何预算下都保持该层不变。</translation>
    </message>
    <message>
        <source>the allocation put aside</source>
        <translation>搁置的分配</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>What the allocation is compared with</source>
        <translation>与什么对比</translation>
    </message>
    <message>
        <source>Put this one &amp;aside</source>
        <translation>搁置此分配(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Compared with</source>
        <translation>对比(&amp;C)</translation>
    </message>
    <message>
        <source>What two layers cost together beyond both alone, nats per token</source>
        <translation>两层共同的代价超出各自单独代价的部分，nats/词元</translation>
    </message>
    <message>
        <source>The same from gradients (Fisher projection), nats per token</source>
        <translation>同上，由梯度得出（费舍尔投影），nats/词元</translation>
    </message>
    <message>
        <source>layer and form</source>
        <translation>层与形式</translation>
    </message>
    <message>
        <source>Click: choose the layer.</source>
        <translation>单击：选择该层。</translation>
    </message>
    <message>
        <source>Predicted against measured change in loss of all runs, nats per token</source>
        <translation>所有运行的预测与实测损失变化，nats/词元</translation>
    </message>
    <message>
        <source>as predicted</source>
        <translation>与预测一致</translation>
    </message>
    <message>
        <source>Click: choose the run.</source>
        <translation>单击：选择该运行。</translation>
    </message>
    <message>
        <source>predicted, nats per token</source>
        <translation>预测，nats/词元</translation>
    </message>
    <message>
        <source>measured, nats per token</source>
        <translation>实测，nats/词元</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Interactions</source>
        <translation>交互</translation>
    </message>
    <message>
        <source>Predicted and measured</source>
        <translation>预测与实测</translation>
    </message>
    <message>
        <source>Width of each layer&apos;s codes, bits</source>
        <translation>每层编码的位宽，位</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Click: choose the layer to edit or pin it.</source>
        <translation>单击：选择该层以编辑或固定。</translation>
    </message>
    <message>
        <source>average bits</source>
        <translation>平均位数</translation>
    </message>
    <message>
        <source>nats per token</source>
        <translation>nats/词元</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>This view chooses bits and ratios for every layer under a budget, from stored probes.</source>
        <translation>此视图根据已存储的探测，在预算内为每层选择位宽与比例。</translation>
    </message>
    <message>
        <source>Reading the sensitivity of %1</source>
        <translation>正在读取 %1 的敏感度</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>测量敏感度</translation>
    </message>
    <message>
        <source>The sensitivity is being measured; the solver begins when it is complete.</source>
        <translation>正在测量敏感度；完成后求解器开始工作。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>The sensitivity is not complete; the solver needs all of it.</source>
        <translation>敏感度尚不完整；求解器需要全部结果。</translation>
    </message>
    <message>
        <source>Measure ratios and pairs of layers</source>
        <translation>测量比例与层对</translation>
    </message>
    <message>
        <source>%1 (about %2)</source>
        <translation>%1（约 %2）</translation>
    </message>
    <message>
        <source>Ratios and pairs of layers</source>
        <translation>比例与层对</translation>
    </message>
    <message>
        <source>%1, coloured by the kind of layer</source>
        <translation>%1，按层的类型着色</translation>
    </message>
    <message>
        <source>%1, coloured by the kind of layer, filled by the share of high-impact channels</source>
        <translation>%1，按层的类型着色，按高影响通道的比例填充</translation>
    </message>
    <message>
        <source>every budget solved at once, from stored probes</source>
        <translation>由已存储的探测一次求解所有预算</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 nats/词元</translation>
    </message>
    <message>
        <source>%1 at %2 average bits</source>
        <translation>%1，平均 %2 位</translation>
    </message>
    <message>
        <source>No allocation of this size is better.</source>
        <translation>在此大小下没有更好的分配。</translation>
    </message>
    <message>
        <source>The best that was found.</source>
        <translation>已找到的最佳分配。</translation>
    </message>
    <message>
        <source>Edited by hand.</source>
        <translation>手动编辑。</translation>
    </message>
    <message>
        <source>%1 At most %2 above the optimum.</source>
        <translation>%1 最多比最优高 %2。</translation>
    </message>
    <message>
        <source>Click a bar to change or pin a layer.</source>
        <translation>单击条形以更改或固定一层。</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>%1 at %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>Send to the rec&amp;ipe</source>
        <translation>送入配方(&amp;I)</translation>
    </message>
    <message>
        <source>The first is exact and counts what layers cost together; the others take damages to add up.</source>
        <translation>第一种是精确的，并计入各层共同的代价；其余的假定损伤可以相加。</translation>
    </message>
    <message>
        <source>Tar&amp;get</source>
        <translation>目标(&amp;G)</translation>
    </message>
    <message>
        <source>one width for all layers, no larger</source>
        <translation>各层位宽相同，且不更大</translation>
    </message>
    <message>
        <source>No pairs of layers were probed. The button below measures them.</source>
        <translation>尚未探测层对。下方按钮可测量。</translation>
    </message>
    <message>
        <source>No run of this model measured a change in loss yet. “Measure this” makes one.</source>
        <translation>该模型还没有测过损失变化的运行。“测量此分配”可得到一次。</translation>
    </message>
    <message>
        <source>The solver needs a complete sensitivity of the layers.</source>
        <translation>求解器需要各层完整的敏感度。</translation>
    </message>
    <message>
        <source>%1 in all layers</source>
        <extracomment>a form for all layers, as &quot;3 bits&quot;</extracomment>
        <translation>各层均为 %1</translation>
    </message>
    <message>
        <source>the one put aside</source>
        <translation>搁置的分配</translation>
    </message>
    <message>
        <source>every budget solved at once, from probes of %1 tokens; band: standard error</source>
        <translation>一次求解所有预算，基于 %1 个词元的探测；色带：标准误</translation>
    </message>
    <message>
        <source>within the noise of %1 tokens</source>
        <translation>在 %1 个词元的噪声之内</translation>
    </message>
    <message numerus="yes">
        <source>%1 Against %2: %3 nats, %4 bits on average, %Ln layers differ.</source>
        <translation>
            <numerusform>%1 与%2相比：%3 nats，平均 %4 位，%Ln 层不同。</numerusform>
        </translation>
    </message>
    <message>
        <source>The change in loss that the probes predict, with its standard error. Probes inside their noise are drawn towards what the KL divergence says, and never count as gains.</source>
        <translation>由探测预测的损失变化及其标准误。处在噪声之内的探测会向 KL 散度所示的值收缩，且绝不算作改进。</translation>
    </message>
    <message>
        <source>%1 (inside the noise)</source>
        <extracomment>a difference with its standard error</extracomment>
        <translation>%1（在噪声之内）</translation>
    </message>
    <message>
        <source>Measure the sensitivity of the layers first.</source>
        <translation>请先测量各层的敏感度。</translation>
    </message>
    <message>
        <source>the runs, by what was measured</source>
        <translation>各次运行（按测量值）</translation>
    </message>
    <message>
        <source>all layers</source>
        <translation>全部层</translation>
    </message>
    <message>
        <source>Drag the handle, or click: move the budget.</source>
        <translation>拖动手柄或单击：移动预算。</translation>
    </message>
    <message>
        <source>Predicted damage against average bits, nats per token</source>
        <translation>预测损伤与平均位数，nats/词元</translation>
    </message>
    <message>
        <source>Average bits per weight, stored with scales and zero points</source>
        <translation>每个权重的平均存储位数，含缩放因子和零点</translation>
    </message>
    <message>
        <source>&amp;Budget, bits</source>
        <translation>预算，位(&amp;B)</translation>
    </message>
    <message>
        <source>P&amp;robes</source>
        <translation>探测(&amp;R)</translation>
    </message>
    <message>
        <source>%1 The solver needs all of it.</source>
        <extracomment>a sentence that a run was stopped</extracomment>
        <translation>%1求解器需要全部测量结果。</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The solver has not chosen an allocation yet.</source>
        <translation>求解器尚未选出分配。</translation>
    </message>
</context>
<context>
    <name>bitprism::AnalysisPanel</name>
    <message>
        <source>%1 %2</source>
        <extracomment>what a view shows, then what is missing</extracomment>
        <translation>%1%2</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在读取 %1</translation>
    </message>
    <message>
        <source>Open another model...</source>
        <translation>打开另一个模型...</translation>
    </message>
    <message>
        <source>Open a model to begin.</source>
        <translation>请打开一个模型以开始。</translation>
    </message>
    <message>
        <source>Open model...</source>
        <translation>打开模型...</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <extracomment>what a button does, and how long it takes</extracomment>
        <translation>%1，%2</translation>
    </message>
</context>
<context>
    <name>bitprism::Application</name>
    <message>
        <source>Something unexpected failed: %1</source>
        <translation>发生意外错误：%1</translation>
    </message>
    <message>
        <source>Something unexpected failed.</source>
        <translation>发生意外错误。</translation>
    </message>
</context>
<context>
    <name>bitprism::AxisChoice</name>
    <message>
        <source>Quantity on the horizontal axis</source>
        <translation>横轴的量</translation>
    </message>
    <message>
        <source>Quantity on the vertical axis</source>
        <translation>纵轴的量</translation>
    </message>
</context>
<context>
    <name>bitprism::BarPlot</name>
    <message>
        <source>hatched: not measured</source>
        <translation>斜线：未测量</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>inside the noise</source>
        <translation>在噪声之内</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
</context>
<context>
    <name>bitprism::BlockModel</name>
    <message>
        <source>channel %1</source>
        <translation>通道 %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n heads</source>
        <translation>
            <numerusform>%n 个头中的 %1 个</numerusform>
        </translation>
    </message>
    <message>
        <source>attention sink</source>
        <translation>注意力汇聚点</translation>
    </message>
    <message>
        <source>massive activation</source>
        <translation>巨量激活</translation>
    </message>
    <message>
        <source>Massive activation: an entry of the block&apos;s output above 100 and above 1,000 times the median. Attention sink: a token that a head gives more than 0.3 of its attention to, whatever the text.</source>
        <translation>巨量激活：块输出中大于 100 且大于中位数 1,000 倍的值。注意力汇聚点：无论文本内容如何，某个头都给予其 0.3 以上注意力的词元。</translation>
    </message>
    <message>
        <source>The entry; of a sink the share of attention it gets</source>
        <translation>该值；对汇聚点而言是其获得的注意力占比</translation>
    </message>
    <message>
        <source>Block</source>
        <translation>块</translation>
    </message>
    <message>
        <source>What</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>所在</translation>
    </message>
</context>
<context>
    <name>bitprism::CalibrationPanel</name>
    <message>
        <source>What the layers are ranked by</source>
        <translation>层的排名依据</translation>
    </message>
    <message>
        <source>Click: choose the layer.</source>
        <translation>单击：选择该层。</translation>
    </message>
    <message>
        <source>&amp;Rank by</source>
        <translation>排名依据(&amp;R)</translation>
    </message>
    <message>
        <source>Agreement of the calibration sets, Kendall&apos;s tau</source>
        <translation>校准集之间的一致性，肯德尔 τ</translation>
    </message>
    <message>
        <source>The layers under each calibration set</source>
        <translation>各校准集下的层</translation>
    </message>
    <message>
        <source>Choose two finished outlier runs or more. Measure the outliers again with other calibration data to have them.</source>
        <translation>请选择两次或更多已完成的离群值运行。用其他校准数据再次测量离群值即可得到。</translation>
    </message>
    <message>
        <source>%1 tokens of %2</source>
        <translation>%2 的 %1 个词元</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>place of a run in the list, and its name</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Kendall&apos;s tau</source>
        <translation>肯德尔 τ</translation>
    </message>
    <message>
        <source>calibration set</source>
        <translation>校准集</translation>
    </message>
    <message>
        <source>A set ranks all layers alike, so there is no agreement to speak of.</source>
        <translation>某个校准集对所有层的排名相同，因此谈不上一致性。</translation>
    </message>
    <message numerus="yes">
        <source>%1 of the %n largest layers under each calibration set</source>
        <translation>
            <numerusform>各校准集下最大的 %n 层的%1</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of the layers under each calibration set</source>
        <translation>各校准集下各层的%1</translation>
    </message>
    <message>
        <source>Sensitivity, KL divergence in nats</source>
        <translation>敏感度，KL 散度（nats）</translation>
    </message>
    <message>
        <source>Sensitivity, change in loss in nats</source>
        <translation>敏感度，损失变化（nats）</translation>
    </message>
    <message>
        <source>When only this layer is quantized, at the fewest bits that all runs probed.</source>
        <translation>仅量化该层时，取所有运行都探测过的最小位宽。</translation>
    </message>
    <message>
        <source>Runs that are compared</source>
        <translation>参与比较的运行</translation>
    </message>
    <message>
        <source>Choose two finished sensitivity runs or more. Measure the sensitivity again with other calibration data to have them.</source>
        <translation>请选择两次或更多已完成的敏感度运行。用其他校准数据再次测量敏感度即可得到。</translation>
    </message>
    <message numerus="yes">
        <source>Mean agreement over %n layers (those that share an input count once): tau %1 (1: the same ranking, 0: none).</source>
        <translation>
            <numerusform>%n 层的平均一致性（共用输入的层只计一次）：tau %1（1：排名相同，0：毫无一致）。</numerusform>
        </translation>
    </message>
    <message>
        <source>all layers</source>
        <translation>全部层</translation>
    </message>
</context>
<context>
    <name>bitprism::CellChoice</name>
    <message>
        <source>Click a cell to choose a layer and set its bits in the recipe.</source>
        <translation>单击单元格可选择层，并在配方中设置其位数。</translation>
    </message>
    <message>
        <source>%1 has %2 in the recipe, set for this layer.</source>
        <translation>%1 在配方中为 %2，是专为该层设置的。</translation>
    </message>
    <message>
        <source>%1 is not quantized by the recipe.</source>
        <translation>配方不量化 %1。</translation>
    </message>
    <message>
        <source>%1 has %2 in the recipe.</source>
        <translation>%1 在配方中为 %2。</translation>
    </message>
    <message>
        <source>Back to the recipe&apos;s own bits</source>
        <translation>恢复为配方自身的位数</translation>
    </message>
    <message>
        <source>Set to %1</source>
        <translation>设为 %1</translation>
    </message>
    <message>
        <source>Set to the cell&apos;s bits</source>
        <translation>设为单元格的位宽</translation>
    </message>
</context>
<context>
    <name>bitprism::ChangeLegend</name>
    <message>
        <source>Colours from %1 to %2</source>
        <translation>颜色从 %1 到 %2</translation>
    </message>
    <message>
        <source>%1 nats or lower, less loss</source>
        <translation>%1 nats 或更低，损失较小</translation>
    </message>
    <message>
        <source>%1 nats or higher, more loss</source>
        <translation>%1 nats 或更高，损失较大</translation>
    </message>
</context>
<context>
    <name>bitprism::ChannelModel</name>
    <message>
        <source>Its largest magnitude over that of the median channel</source>
        <translation>其最大幅值与中位通道最大幅值之比</translation>
    </message>
    <message>
        <source>Of the norm that feeds the layer, at this channel</source>
        <translation>为该层供给输入的归一化在此通道上的增益</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>通道</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Over median</source>
        <translation>与中位之比</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>增益</translation>
    </message>
    <message>
        <source>At the token</source>
        <translation>所在词元</translation>
    </message>
</context>
<context>
    <name>bitprism::ChannelPanel</name>
    <message>
        <source>Largest channels of the layer</source>
        <translation>该层最大的通道</translation>
    </message>
    <message>
        <source>Click: choose the channel.</source>
        <translation>单击：选择该通道。</translation>
    </message>
    <message>
        <source>Largest weight of each column, the largest first</source>
        <translation>每列的最大权重，从大到小</translation>
    </message>
    <message>
        <source>Largest magnitude of each channel, the largest first</source>
        <translation>每个通道的最大幅值，从大到小</translation>
    </message>
    <message>
        <source>channels, the largest first</source>
        <translation>通道，从大到小</translation>
    </message>
    <message>
        <source>largest magnitude</source>
        <translation>最大幅值</translation>
    </message>
    <message>
        <source>largest magnitude, gain</source>
        <translation>最大幅值，增益</translation>
    </message>
</context>
<context>
    <name>bitprism::ClosingDialog</name>
    <message>
        <source>Closing</source>
        <translation>正在关闭</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>正在停止</translation>
    </message>
    <message>
        <source>Close during a job?</source>
        <translation>作业进行中，是否关闭？</translation>
    </message>
    <message>
        <source>&amp;Stop and close</source>
        <translation>停止并关闭(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Keep working</source>
        <translation>继续工作(&amp;K)</translation>
    </message>
    <message>
        <source>Closing stops it. What is finished is kept, and the run can be resumed later.</source>
        <translation>关闭会停止它。已完成的部分会保留，以后可以继续。</translation>
    </message>
    <message>
        <source>Stopping. What is finished is kept, and the run can be resumed.</source>
        <translation>正在停止。已完成的部分会保留，运行可以继续。</translation>
    </message>
    <message>
        <source>%1 is at work: %2.</source>
        <translation>%1 正在进行：%2。</translation>
    </message>
    <message>
        <source>%1 is at work: %2, %3 left.</source>
        <translation>%1 正在进行：%2，还需 %3。</translation>
    </message>
    <message numerus="yes">
        <source>Jobs that wait for their turn: %n. Closing takes them out of the queue.</source>
        <translation>
            <numerusform>等待中的作业：%n 个。关闭后将移出队列。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>命令面板</translation>
    </message>
    <message>
        <source>Search or run anything</source>
        <translation>搜索或运行任何内容</translation>
    </message>
    <message>
        <source>Commands that fit</source>
        <translation>匹配的命令</translation>
    </message>
    <message>
        <source>No command, layer or run has “%1” in its name.</source>
        <translation>没有名称中含“%1”的命令、层或运行。</translation>
    </message>
</context>
<context>
    <name>bitprism::CompareView</name>
    <message>
        <source>Reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Recipe differences</source>
        <translation>配方差异</translation>
    </message>
    <message>
        <source>The recipes are equal.</source>
        <translation>各配方相同。</translation>
    </message>
    <message>
        <source>Layer differences</source>
        <translation>层的差异</translation>
    </message>
    <message>
        <source>Measure of the layers</source>
        <translation>层的指标</translation>
    </message>
    <message>
        <source>Run whose layers are compared with the reference</source>
        <translation>与参考比较各层的运行</translation>
    </message>
    <message>
        <source>Layers by</source>
        <translation>各层指标</translation>
    </message>
    <message>
        <source>in</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Click chooses the layer in every view.</source>
        <translation>单击可在每个视图中选择该层。</translation>
    </message>
    <message numerus="yes">
        <source>Comparing %n runs</source>
        <translation>
            <numerusform>正在比较 %n 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Layer</source>
        <extracomment>axis of bars: how a measure differs between two runs</extracomment>
        <translation>层</translation>
    </message>
    <message>
        <source>No layer of both runs has this measure. Choose another above.</source>
        <translation>两次运行没有共有此指标的层。请在上方另选。</translation>
    </message>
    <message>
        <source>Difference: %1</source>
        <translation>差异：%1</translation>
    </message>
    <message>
        <source>all layers, by size of the difference</source>
        <translation>全部层（按差值大小）</translation>
    </message>
    <message>
        <source>Two runs side by side: their metrics with paired differences, what differs in their recipes, and layer by layer. Fewer than two finished runs or evaluations of one model are here yet.</source>
        <translation>并排比较两次运行：带配对差异的指标、配方的差异，以及逐层比较。同一模型已完成的运行或评估还不足两次。</translation>
    </message>
    <message>
        <source>The %1 layers that differ most, of %2. %3</source>
        <extracomment>%1 the number of bars, %2 of layers, %3 a sentence about the bars</extracomment>
        <translation>%2 层中差别最大的 %1 层。%3</translation>
    </message>
    <message>
        <source>Runs keep no standard errors of single layers</source>
        <translation>运行不保存单层的标准误</translation>
    </message>
    <message>
        <source>more than %1</source>
        <translation>大于 %1</translation>
    </message>
    <message>
        <source>less than %1</source>
        <translation>小于 %1</translation>
    </message>
</context>
<context>
    <name>bitprism::ComparedLayersModel</name>
    <message>
        <source>Output error, relative</source>
        <translation>相对输出误差</translation>
    </message>
    <message>
        <source>Weight error, squared</source>
        <translation>权重平方误差</translation>
    </message>
    <message>
        <source>Bits per code</source>
        <translation>每个编码的位数</translation>
    </message>
    <message>
        <source>Stored bits per weight</source>
        <translation>每个权重的存储位数</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>此运行</translation>
    </message>
    <message>
        <source>Reference&apos;s bits</source>
        <translation>参考的位宽</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差值</translation>
    </message>
    <message>
        <source>Difference in each layer&apos;s output error, as a share of the output&apos;s square: %1 against %2</source>
        <extracomment>%1 a run, %2 the run it is compared with</extracomment>
        <translation>各层输出误差（占输出平方的比例）之差：%1 对比 %2</translation>
    </message>
    <message>
        <source>Difference in the mean squared error of each layer&apos;s weights: %1 against %2</source>
        <extracomment>%1 a run, %2 the run it is compared with</extracomment>
        <translation>各层权重均方误差之差：%1 对比 %2</translation>
    </message>
    <message>
        <source>Difference in bits per code, layer by layer: %1 against %2</source>
        <extracomment>%1 a run, %2 the run it is compared with</extracomment>
        <translation>各层每个编码位数之差：%1 对比 %2</translation>
    </message>
    <message>
        <source>Difference in stored bits per weight, layer by layer: %1 against %2</source>
        <extracomment>%1 a run, %2 the run it is compared with</extracomment>
        <translation>各层每个权重存储位数之差：%1 对比 %2</translation>
    </message>
</context>
<context>
    <name>bitprism::ComponentSection</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>%1, %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
</context>
<context>
    <name>bitprism::ContinuationPanel</name>
    <message>
        <source>&amp;Continue with both</source>
        <translation>用两者续写(&amp;C)</translation>
    </message>
    <message>
        <source>Text to continue</source>
        <translation>要续写的文本</translation>
    </message>
    <message>
        <source>Text to continue; empty: start anew</source>
        <translation>要续写的文本；空：从头开始</translation>
    </message>
    <message>
        <source>Continuation by %1</source>
        <translation>%1 的续写</translation>
    </message>
    <message>
        <source>Both models go on with the text greedily, %1 tokens; the first difference is marked.</source>
        <translation>两个模型各以贪心方式续写 %1 个词元，并标出第一处差异。</translation>
    </message>
    <message>
        <source>At work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Both write the same.</source>
        <translation>两者写得相同。</translation>
    </message>
    <message>
        <source>From the mark on they differ.</source>
        <translation>从标记处起两者不同。</translation>
    </message>
</context>
<context>
    <name>bitprism::DataTable</name>
    <message>
        <source>Filter rows</source>
        <translation>筛选行</translation>
    </message>
    <message>
        <source>Filter of the table: %1</source>
        <translation>表格的筛选：%1</translation>
    </message>
    <message>
        <source>Table</source>
        <extracomment>a button with a menu: copy the table, save it, choose its columns</extracomment>
        <translation>表格</translation>
    </message>
    <message>
        <source>Menu of the table: %1</source>
        <translation>表格的菜单：%1</translation>
    </message>
    <message>
        <source>&amp;Copy rows</source>
        <translation>复制行(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Save as CSV...</source>
        <translation>另存为 CSV(&amp;S)...</translation>
    </message>
    <message>
        <source>C&amp;olumns</source>
        <translation>列(&amp;O)</translation>
    </message>
    <message numerus="yes">
        <source>%n rows</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 rows</source>
        <translation>%2 行中的 %1 行</translation>
    </message>
</context>
<context>
    <name>bitprism::DeletionBar</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Bring deleted runs back</source>
        <translation>恢复已删除的运行</translation>
    </message>
    <message numerus="yes">
        <source>Deleted runs: %n. %1 s to undo.</source>
        <extracomment>runs that were deleted, and how long that can be taken back</extracomment>
        <translation>
            <numerusform>已删除 %n 次运行。%1 秒内可撤销。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::DepthPanel</name>
    <message>
        <source>Massive activations and attention sinks</source>
        <translation>巨量激活与注意力汇聚点</translation>
    </message>
    <message>
        <source>What is drawn by depth</source>
        <translation>按深度绘制的内容</translation>
    </message>
    <message>
        <source>Click: choose the layer.</source>
        <translation>单击：选择该层。</translation>
    </message>
    <message>
        <source>&amp;By depth</source>
        <translation>按深度(&amp;B)</translation>
    </message>
    <message>
        <source>%1 of every layer&apos;s input, by depth</source>
        <translation>各层输入的%1，按深度</translation>
    </message>
    <message>
        <source>Massive activations and attention sinks are listed here once the whole model was measured.</source>
        <translation>整个模型测量完成后，这里会列出巨量激活与注意力汇聚点。</translation>
    </message>
    <message>
        <source>The weights alone were analysed, so there are no tokens in which to look for massive activations and attention sinks.</source>
        <translation>仅分析了权重，因此没有词元可用来查找巨量激活与注意力汇聚点。</translation>
    </message>
    <message>
        <source>No massive activations and no attention sinks in these tokens.</source>
        <translation>这些词元中没有巨量激活，也没有注意力汇聚点。</translation>
    </message>
    <message>
        <source>all layers</source>
        <translation>全部层</translation>
    </message>
</context>
<context>
    <name>bitprism::DistributionPanel</name>
    <message>
        <source>value of the input</source>
        <translation>输入值</translation>
    </message>
    <message>
        <source>share of values, %</source>
        <translation>值的占比，%</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>share of weights, %</source>
        <translation>权重占比，%</translation>
    </message>
    <message>
        <source>Values of the layer&apos;s input, share in each of %1 bins</source>
        <translation>该层输入值的分布：%1 个区间各自的占比</translation>
    </message>
    <message>
        <source>Values of the layer&apos;s input: not measured, the weights alone are known</source>
        <translation>该层输入值的分布：未测量，只知道权重</translation>
    </message>
    <message>
        <source>The recipe leaves inputs of layers as they are.</source>
        <translation>配方保持各层输入不变。</translation>
    </message>
    <message>
        <source>input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Weights of the layer, share in each of %1 bins</source>
        <translation>该层权重的分布：%1 个区间各自的占比</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message numerus="yes">
        <source>%n bits in the recipe</source>
        <translation>
            <numerusform>配方中为 %n 位</numerusform>
        </translation>
    </message>
    <message>
        <source>The recipe leaves this layer as it is.</source>
        <translation>配方保持此层不变。</translation>
    </message>
    <message>
        <source>dashed: the %1 values of a typical group, %2 bits, group size %3</source>
        <translation>虚线：典型分组的 %1 个值，%2 位，分组大小 %3</translation>
    </message>
</context>
<context>
    <name>bitprism::EstimateQuestion</name>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>estimate follows</source>
        <translation>稍后估计</translation>
    </message>
    <message>
        <source>estimating...</source>
        <translation>正在估计...</translation>
    </message>
    <message>
        <source>no estimate</source>
        <translation>无法估计</translation>
    </message>
    <message>
        <source>How long it will take is estimated after the job at work. What is started now waits for that, and can be cancelled until then.</source>
        <translation>当前作业完成后再估计所需时间。现在启动的作业会等待，在此之前可以取消。</translation>
    </message>
    <message>
        <source>How long it will take is being estimated. What is started now begins after that, and can be cancelled until then.</source>
        <translation>正在估计所需时间。现在启动的作业在估计之后开始，在此之前可以取消。</translation>
    </message>
</context>
<context>
    <name>bitprism::EvaluationsSection</name>
    <message>
        <source>Measurements</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Add a measurement</source>
        <translation>添加测量</translation>
    </message>
    <message>
        <source>The usual one</source>
        <translation>常用的一项</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>请选择文件。</translation>
    </message>
    <message>
        <source>Measurement %1</source>
        <translation>测量 %1</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove: %1</source>
        <translation>移除：%1</translation>
    </message>
    <message>
        <source>Remove a measurement</source>
        <translation>移除测量</translation>
    </message>
</context>
<context>
    <name>bitprism::ExperimentChips</name>
    <message>
        <source>All experiments</source>
        <translation>所有实验</translation>
    </message>
    <message>
        <source>Show the runs of all experiments</source>
        <translation>显示所有实验的运行</translation>
    </message>
    <message>
        <source>Show the runs of experiment %1</source>
        <translation>显示实验 %1 的运行</translation>
    </message>
</context>
<context>
    <name>bitprism::ExportDialog</name>
    <message>
        <source>Export a checkpoint</source>
        <translation>导出检查点</translation>
    </message>
    <message>
        <source>Writes the quantized weights of &quot;%1&quot; as a checkpoint that other programs load.</source>
        <translation>把“%1”的量化权重写成其他程序可加载的检查点。</translation>
    </message>
    <message>
        <source>Format of the checkpoint</source>
        <translation>检查点的格式</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Export checkpoint</source>
        <translation>导出检查点</translation>
    </message>
    <message>
        <source>Choose a folder first.</source>
        <translation>请先选择文件夹。</translation>
    </message>
</context>
<context>
    <name>bitprism::HeatMapPlot</name>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>grey: inside the noise</source>
        <translation>灰色：在噪声之内</translation>
    </message>
    <message>
        <source>hatched: not measured</source>
        <translation>斜线：未测量</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%2 时为 %1</translation>
    </message>
    <message numerus="yes">
        <source>the largest of up to %n cells shown as one</source>
        <translation>
            <numerusform>最多 %n 个单元中最大的一个显示为一格</numerusform>
        </translation>
    </message>
    <message>
        <source>inside the noise</source>
        <translation>在噪声之内</translation>
    </message>
    <message>
        <source>row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>%1, the largest of up to %2</source>
        <translation>%1，至多每 %2 个中最大的</translation>
    </message>
</context>
<context>
    <name>bitprism::HelpWindow</name>
    <message>
        <source>Manual</source>
        <translation>手册</translation>
    </message>
    <message>
        <source>Pages of the manual</source>
        <translation>手册的页面</translation>
    </message>
    <message>
        <source>Text of the page</source>
        <translation>页面的文本</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>Arrow keys, + and -, Home</source>
        <translation>方向键、+ 和 -、Home</translation>
    </message>
    <message>
        <source>In a plot: move the cursor, zoom, show everything</source>
        <translation>在图中：移动光标、缩放、显示全部</translation>
    </message>
    <message>
        <source>In the list of runs: delete the selected ones</source>
        <translation>在运行列表中：删除所选运行</translation>
    </message>
    <message>
        <source>In Outliers: the same layer of the block before, and of the next</source>
        <translation>在离群值视图中：前一个块和后一个块的同一层</translation>
    </message>
    <message>
        <source>In a table: copy the selected rows; in a plot: copy its data</source>
        <translation>在表格中：复制所选行；在图中：复制其数据</translation>
    </message>
    <message>
        <source>In a plot: copy its image</source>
        <translation>在图中：复制其图像</translation>
    </message>
</context>
<context>
    <name>bitprism::ImageMapPlot</name>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>hatched: not measured</source>
        <translation>斜线：未测量</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>未测量</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message numerus="yes">
        <source>the largest of up to %n cells shown as one</source>
        <translation>
            <numerusform>合并显示的至多 %n 个单元中的最大值</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::InspectorPanel</name>
    <message>
        <source>Choose a layer in any view or in the model&apos;s tree to see its weights and results here.</source>
        <translation>在任一视图或模型树中选择一层，在此查看其权重和结果。</translation>
    </message>
    <message>
        <source>Results of all runs for this layer</source>
        <translation>所有运行对此层的结果</translation>
    </message>
    <message>
        <source>What runs did to this layer</source>
        <translation>各次运行对此层的影响</translation>
    </message>
    <message>
        <source>The selected layer</source>
        <translation>所选的层</translation>
    </message>
    <message>
        <source>%1 × %2, %3, %4</source>
        <translation>%1 × %2，%3，%4</translation>
    </message>
    <message>
        <source>Its sensitivity is not measured yet.</source>
        <translation>尚未测量它的敏感度。</translation>
    </message>
    <message>
        <source>This layer cannot be quantized.</source>
        <translation>此层不能量化。</translation>
    </message>
    <message>
        <source>No run has quantized this layer yet.</source>
        <translation>尚无运行量化过此层。</translation>
    </message>
</context>
<context>
    <name>bitprism::ItemPage</name>
    <message>
        <source>What was said and what was heard</source>
        <translation>所说与所听</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>%1: %2, right (✓)</source>
        <translation>%1：%2，正确（✓）</translation>
    </message>
    <message>
        <source>%1: %2, wrong (✗)</source>
        <translation>%1：%2，错误（✗）</translation>
    </message>
    <message>
        <source>Class: %1</source>
        <translation>类别：%1</translation>
    </message>
    <message>
        <source>Error of the output in %1: %2 of its norm</source>
        <translation>%1 的输出误差：其范数的 %2</translation>
    </message>
    <message>
        <source>Loss of the class: %1 nats before, %2 after</source>
        <translation>该类别的损失：之前 %1 nats，之后 %2</translation>
    </message>
    <message>
        <source>Loss of the class: %1 nats</source>
        <translation>该类别的损失：%1 nats</translation>
    </message>
    <message>
        <source>Said</source>
        <translation>所说</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 cannot be decoded as a picture.</source>
        <translation>%1 无法解码为图片。</translation>
    </message>
    <message>
        <source>%1 is no longer there.</source>
        <translation>%1 已不存在。</translation>
    </message>
</context>
<context>
    <name>bitprism::ItemsModel</name>
    <message>
        <source>Item</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Begins with</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>之后</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>What was said</source>
        <translation>所说内容</translation>
    </message>
</context>
<context>
    <name>bitprism::JobDock</name>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Copy error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>Log of the chosen job</source>
        <translation>所选作业的日志</translation>
    </message>
    <message>
        <source>Queue of jobs</source>
        <translation>作业队列</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>清除已完成的</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The chosen job noted nothing.</source>
        <translation>所选任务没有留下记录。</translation>
    </message>
    <message>
        <source>The chosen job noted nothing yet.</source>
        <translation>所选任务尚无记录。</translation>
    </message>
</context>
<context>
    <name>bitprism::JobHub</name>
    <message>
        <source>There is no estimate of this.</source>
        <translation>无法估计。</translation>
    </message>
</context>
<context>
    <name>bitprism::JobLine</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>Show the queue of jobs and the log</source>
        <translation>显示作业队列和日志</translation>
    </message>
    <message>
        <source>Progress of the job</source>
        <translation>作业的进度</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>waits for the engine</source>
        <translation>等待引擎</translation>
    </message>
    <message>
        <source>waits; about %1</source>
        <translation>等待中；约 %1</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>is estimated, then begins</source>
        <translation>先估计，然后开始</translation>
    </message>
</context>
<context>
    <name>bitprism::JobsModel</name>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>✓ Finished</source>
        <translation>✓ 已完成</translation>
    </message>
    <message>
        <source>✕ Failed</source>
        <translation>✕ 失败</translation>
    </message>
    <message>
        <source>%1 so far</source>
        <translation>已用 %1</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>作业</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>用时 %1</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>bitprism::LatestRuns</name>
    <message>
        <source>%1 bits</source>
        <extracomment>average bits per weight of a run</extracomment>
        <translation>%1 位</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>用时 %1</translation>
    </message>
    <message>
        <source>Nothing was measured of this model yet.</source>
        <translation>此模型还没有测量结果。</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>进行中</translation>
    </message>
</context>
<context>
    <name>bitprism::LayerRunsModel</name>
    <message>
        <source>%1, weight error %2</source>
        <translation>%1，权重误差 %2</translation>
    </message>
    <message>
        <source>Squared error of the layer&apos;s output, as a share of the output&apos;s square.</source>
        <translation>该层输出的平方误差，占输出平方的比例。</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>误差</translation>
    </message>
    <message>
        <source>vs rtn</source>
        <translation>较 rtn</translation>
    </message>
    <message>
        <source>How much larger or smaller the error is than that of rounding to nearest (rtn) at the same bits, in per cent.</source>
        <translation>与相同位宽的就近舍入（rtn）相比，误差大或小百分之几。</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
</context>
<context>
    <name>bitprism::MainWindow</name>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Open a model&apos;s folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>About Bitprism</source>
        <translation>关于 Bitprism</translation>
    </message>
    <message>
        <source>Bitprism %1

A workbench for quantization analysis of transformer models.

Licence: GPL-3.0-or-later</source>
        <translation>Bitprism %1

Transformer 模型量化分析工作台。

许可证：GPL-3.0-or-later</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>未打开模型</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在读取 %1</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>Search or run anything   Ctrl+K</source>
        <translation>搜索或运行任何内容   Ctrl+K</translation>
    </message>
    <message>
        <source>Search or run anything</source>
        <translation>搜索或运行任何内容</translation>
    </message>
    <message>
        <source>Open a project</source>
        <translation>打开项目</translation>
    </message>
    <message>
        <source>Projects (*.bitprism);;All files (*)</source>
        <translation>项目 (*.bitprism);;所有文件 (*)</translation>
    </message>
    <message>
        <source>The engine is not available: %1</source>
        <translation>引擎不可用：%1</translation>
    </message>
    <message>
        <source>The engine is loading</source>
        <translation>正在加载引擎</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Wrote %1, %2.</source>
        <translation>已写入 %1，%2。</translation>
    </message>
    <message>
        <source>Open a model&apos;s file</source>
        <translation>打开模型文件</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors config.json);;All files (*)</source>
        <translation>模型 (*.gguf *.safetensors config.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>New project</source>
        <translation>新建项目</translation>
    </message>
    <message>
        <source>project</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Projects (*.bitprism)</source>
        <translation>项目 (*.bitprism)</translation>
    </message>
    <message>
        <source>%1 exists already. Choose another name, or open it by File &gt; Open a project.</source>
        <translation>%1 已存在。请换一个名称，或通过“文件 &gt; 打开项目”打开它。</translation>
    </message>
    <message>
        <source>%1 was not opened: %2 What was open stays open.</source>
        <translation>未能打开 %1：%2 原先打开的仍保持打开。</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1 – %2</translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 in %n blocks</source>
        <translation>
            <numerusform>%1：%2，%n 个块</numerusform>
        </translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The project cannot be read any more: %1</source>
        <translation>无法再读取该项目：%1</translation>
    </message>
    <message>
        <source>Drop one model, project or recipe at a time. What was open stays open.</source>
        <translation>一次只能拖放一个模型、项目或配方。原先打开的仍保持打开。</translation>
    </message>
    <message>
        <source>%1 cannot be written where it lies, so that nothing can be measured into it. File &gt; New project starts one elsewhere; the model stays open.</source>
        <translation>%1 在其所在位置无法写入，因此测量结果无法存入其中。“文件 &gt; 新建项目”可在别处新建一个；模型保持打开。</translation>
    </message>
    <message>
        <source>New project...</source>
        <translation>新建项目...</translation>
    </message>
</context>
<context>
    <name>bitprism::MetricsModel</name>
    <message>
        <source>Perplexity; change, nats</source>
        <translation>困惑度；差值以 nats 计</translation>
    </message>
    <message>
        <source>%1 %2 from the unquantized model</source>
        <translation>相对未量化的模型 %1 %2</translation>
    </message>
    <message>
        <source>Paired over the same windows</source>
        <translation>在相同窗口上成对</translation>
    </message>
    <message>
        <source>%1; no larger than its standard error</source>
        <translation>%1；不大于其标准误</translation>
    </message>
    <message>
        <source>Average bits</source>
        <translation>平均位数</translation>
    </message>
    <message>
        <source>Stored bits of quantized layers, scales and all else included, divided by their weights</source>
        <translation>量化层的存储位数（含缩放因子等全部内容）除以其权重数</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>All tensors of the checkpoint, unquantized ones included</source>
        <translation>检查点的所有张量，包括未量化的</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Unquantized</source>
        <translation>未量化</translation>
    </message>
    <message>
        <source>Difference</source>
        <extracomment>a column of differences from the first run</extracomment>
        <translation>差值</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <extracomment>a measure, and what tells it from another by the same task</extracomment>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>Weight error</source>
        <translation>权重误差</translation>
    </message>
    <message>
        <source>Mean squared error of the quantized weights</source>
        <translation>量化权重的均方误差</translation>
    </message>
    <message>
        <source>Output error</source>
        <translation>输出误差</translation>
    </message>
    <message>
        <source>Squared error of the layers&apos; outputs relative to the outputs&apos; squares, mean over all weights</source>
        <translation>各层输出的平方误差与输出平方之比，按权重平均</translation>
    </message>
    <message>
        <source>Bit operations per token</source>
        <translation>每词元位运算</translation>
    </message>
    <message>
        <source>Multiply-accumulates times the bits of both operands, over all products</source>
        <translation>所有乘积的乘加次数乘以两个操作数的位数</translation>
    </message>
    <message>
        <source>Bytes moved per token</source>
        <translation>每词元读写字节数</translation>
    </message>
    <message>
        <source>Weights, activations and the cache, read and written for one token</source>
        <translation>为一个词元读写的权重、激活和缓存</translation>
    </message>
    <message>
        <source>KL, nats per token</source>
        <translation>KL，nats/词元</translation>
    </message>
    <message>
        <source>%1, unpaired</source>
        <extracomment>a difference whose error is not that of the same windows in both runs</extracomment>
        <translation>%1，未配对</translation>
    </message>
    <message>
        <source>Not paired: the runs do not both keep what the same windows gave, so the error is that of two independent measurements</source>
        <translation>未配对：两次运行没有都保存相同窗口的数值，因此误差按两次独立测量计算</translation>
    </message>
</context>
<context>
    <name>bitprism::ModelFacts</name>
    <message>
        <source>Family</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>块</translation>
    </message>
    <message>
        <source>Hidden size</source>
        <translation>隐藏维度</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>词表</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>分词器</translation>
    </message>
    <message>
        <source>None found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>输出头</translation>
    </message>
    <message>
        <source>Shares the embedding&apos;s weights</source>
        <translation>与嵌入共享权重</translation>
    </message>
    <message>
        <source>Its own</source>
        <translation>独立</translation>
    </message>
    <message>
        <source>Can be run</source>
        <translation>可运行</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No: %1</source>
        <translation>否：%1</translation>
    </message>
</context>
<context>
    <name>bitprism::ModelTreeModel</name>
    <message>
        <source>Block %1, %2</source>
        <translation>块 %1，%2</translation>
    </message>
    <message>
        <source>Block %1</source>
        <translation>块 %1</translation>
    </message>
    <message>
        <source>%1 × %2</source>
        <translation>%1 × %2</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>形状</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Nothing was measured of this yet.</source>
        <translation>此项尚未测量。</translation>
    </message>
    <message>
        <source>%1
%2, %3 × %4, stored as %5, %6 bits a weight</source>
        <extracomment>a layer&apos;s name, kind, rows, columns, type and bits</extracomment>
        <translation>%1
%2，%3 × %4，以 %5 存储，每个权重 %6 位</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>已测量</translation>
    </message>
    <message>
        <source>shared</source>
        <extracomment>in the column of sizes: the weights are those of an earlier layer</extracomment>
        <translation>共享</translation>
    </message>
    <message>
        <source>Shares the weights of %1</source>
        <translation>与 %1 共享权重</translation>
    </message>
</context>
<context>
    <name>bitprism::ModelTreePanel</name>
    <message>
        <source>Filter layers</source>
        <translation>筛选层</translation>
    </message>
    <message>
        <source>Filter layers by name</source>
        <translation>按名称筛选层</translation>
    </message>
    <message>
        <source>Blocks and layers of the model</source>
        <translation>模型的块和层</translation>
    </message>
    <message>
        <source>KL divergence with this layer at %1 bits, nats per token</source>
        <translation>该层为 %1 位时的 KL 散度，nats/词元</translation>
    </message>
    <message>
        <source>Mean squared weight error at %1 bits</source>
        <translation>%1 位时的权重均方误差</translation>
    </message>
    <message numerus="yes">
        <source>KL, %n bits</source>
        <extracomment>the heading of a narrow column: a measure and its width</extracomment>
        <translation>
            <numerusform>KL，%n 位</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Error, %n bits</source>
        <translation>
            <numerusform>误差，%n 位</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n layers measured so far</source>
        <extracomment>a run&apos;s name, and how much of it is measured</extracomment>
        <translation>
            <numerusform>%1，目前已测量 %n 层</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::NumberField</name>
    <message>
        <source>A whole number is needed.</source>
        <translation>需要一个整数。</translation>
    </message>
    <message>
        <source>A number is needed.</source>
        <translation>需要一个数。</translation>
    </message>
    <message>
        <source>A whole number from %1 to %2 is needed.</source>
        <translation>需要 %1 到 %2 的整数。</translation>
    </message>
    <message>
        <source>A number from %1 to %2 is needed.</source>
        <translation>需要 %1 到 %2 的数。</translation>
    </message>
</context>
<context>
    <name>bitprism::OutliersView</name>
    <message>
        <source>&amp;Logarithmic</source>
        <translation>对数(&amp;L)</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>Which layers the atlas shows</source>
        <translation>图谱显示哪些层</translation>
    </message>
    <message>
        <source>Colours by the logarithm of the magnitude</source>
        <translation>按幅值的对数着色</translation>
    </message>
    <message>
        <source>Block whose layer is shown</source>
        <translation>显示哪个块的层</translation>
    </message>
    <message>
        <source>Goes through the blocks with a layer of the same kind (Ctrl+[ and Ctrl+])</source>
        <translation>在各块的同类层之间移动（Ctrl+[ 与 Ctrl+]）</translation>
    </message>
    <message>
        <source>La&amp;yers</source>
        <translation>层(&amp;Y)</translation>
    </message>
    <message>
        <source>&amp;Block</source>
        <translation>块(&amp;B)</translation>
    </message>
    <message>
        <source>Click: choose the layer and the channel.</source>
        <translation>单击：选择该层和该通道。</translation>
    </message>
    <message>
        <source>Click: the tokens that excite this channel.</source>
        <translation>单击：列出激发此通道的词元。</translation>
    </message>
    <message>
        <source>About the chosen layer</source>
        <translation>关于所选层</translation>
    </message>
    <message>
        <source>What would change it</source>
        <translation>变换效果</translation>
    </message>
    <message>
        <source>Distributions</source>
        <translation>分布</translation>
    </message>
    <message>
        <source>Channels and gain</source>
        <translation>通道与增益</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>By depth</source>
        <translation>按深度</translation>
    </message>
    <message>
        <source>Calibration sets</source>
        <translation>校准集</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Look for outliers</source>
        <translation>查找离群值</translation>
    </message>
    <message>
        <source>This view shows where the inputs of layers have outliers, what makes them and what would remove them.</source>
        <translation>此视图显示各层输入中哪里有离群值、由什么造成、怎样能消除。</translation>
    </message>
    <message>
        <source>The model runs once over the calibration data.</source>
        <translation>模型会在校准数据上运行一次。</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>所有类型</translation>
    </message>
    <message>
        <source>Largest weight in every layer&apos;s columns</source>
        <translation>各层每列的最大权重</translation>
    </message>
    <message>
        <source>No layer is measured yet.</source>
        <translation>尚未测量任何层。</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>第 %1 个，共 %2 个</translation>
    </message>
    <message>
        <source>The weights alone were analysed, so there are no tokens to show.</source>
        <translation>只分析了权重，因此没有可显示的词元。</translation>
    </message>
    <message>
        <source>This run keeps no map of its layers: an earlier version made it.</source>
        <translation>此运行由较早版本生成，没有保存各层的图谱。</translation>
    </message>
    <message>
        <source>Reading the map of %1</source>
        <translation>正在读取 %1 的图谱</translation>
    </message>
    <message>
        <source>%1 of %2 layers measured</source>
        <translation>已测量 %2 层中的 %1 层</translation>
    </message>
    <message>
        <source>Reading what was measured</source>
        <translation>正在读取测量结果</translation>
    </message>
    <message>
        <source>Magnitudes in the input of %1</source>
        <extracomment>%1 is a layer&apos;s name</extracomment>
        <translation>%1 输入的幅值</translation>
    </message>
    <message>
        <source>This layer is not measured yet.</source>
        <translation>该层尚未测量。</translation>
    </message>
    <message>
        <source>All layers</source>
        <translation>所有层</translation>
    </message>
    <message>
        <source>Predictions need tokens that a run kept of this layer; there are none.</source>
        <translation>预测需要运行为该层保留的词元，但没有。</translation>
    </message>
    <message>
        <source>Predictions stand here once this layer is measured.</source>
        <translation>测量该层之后，预测会显示在这里。</translation>
    </message>
    <message>
        <source>the channels of this layer</source>
        <translation>该层的各通道</translation>
    </message>
    <message>
        <source>the channels of this token</source>
        <translation>该词元的各通道</translation>
    </message>
    <message>
        <source>%1; cells: the largest of %2 × %3</source>
        <translation>%1；单元：%2 × %3 中的最大值</translation>
    </message>
    <message>
        <source>Repeats what is shown, on the same data: %1.</source>
        <translation>在同样的数据上重复所显示的测量：%1。</translation>
    </message>
    <message>
        <source>Runs the model once over the calibration data.</source>
        <translation>在校准数据上运行模型一次。</translation>
    </message>
    <message>
        <source>Largest magnitude in the input of every layer, by channel</source>
        <translation>各层输入中每个通道的最大幅值</translation>
    </message>
    <message>
        <source>Ru&amp;n</source>
        <translation>运行(&amp;N)</translation>
    </message>
    <message>
        <source>strips: the largest of each token (%1) and of each channel (%2); all within 3 %</source>
        <translation>边条：每个词元的最大值（%1）和每个通道的最大值（%2）；均精确到 3 % 以内</translation>
    </message>
</context>
<context>
    <name>bitprism::OverridesModel</name>
    <message>
        <source>ratio %1</source>
        <translation>比例 %1</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Name of a layer; * stands for any text, ? for one character.</source>
        <translation>层的名称；* 代表任意文本，？代表一个字符。</translation>
    </message>
    <message>
        <source>Bits of these layers; 0: what allocation and quantizer say.</source>
        <translation>这些层的位宽；0：按分配和量化器。</translation>
    </message>
    <message>
        <source>These layers stay as they are stored.</source>
        <translation>这些层保持存储时的样子。</translation>
    </message>
</context>
<context>
    <name>bitprism::OverridesSection</name>
    <message>
        <source>Exceptions</source>
        <translation>例外</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Exceptions by layer</source>
        <translation>按层的例外</translation>
    </message>
    <message>
        <source>Add an exception</source>
        <translation>添加例外</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Patterns: %1</source>
        <translation>模式：%1</translation>
    </message>
</context>
<context>
    <name>bitprism::OverviewView</name>
    <message>
        <source>Facts</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Overview of the model</source>
        <translation>模型概览</translation>
    </message>
    <message>
        <source>Where the bytes are</source>
        <translation>字节分布</translation>
    </message>
    <message>
        <source>Size by part</source>
        <translation>各部分大小</translation>
    </message>
    <message>
        <source>Open a checkpoint to see what it is made of: a folder with config.json and safetensors files.</source>
        <translation>打开一个检查点以查看其组成：包含 config.json 和 safetensors 文件的文件夹。</translation>
    </message>
    <message>
        <source>Open model...</source>
        <translation>打开模型...</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在读取 %1</translation>
    </message>
    <message>
        <source>Open another model...</source>
        <translation>打开其他模型...</translation>
    </message>
    <message>
        <source>%1 ± %2 against the unquantized model</source>
        <translation>相对未量化的模型 %1 ± %2</translation>
    </message>
    <message>
        <source>perplexity %1</source>
        <translation>困惑度 %1</translation>
    </message>
    <message>
        <source>Size now</source>
        <translation>当前大小</translation>
    </message>
    <message>
        <source>Size with the recipe</source>
        <translation>应用配方后的大小</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Latest results</source>
        <translation>最新结果</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>With the recipe, on the same scale</source>
        <translation>应用配方后，同一比例</translation>
    </message>
    <message>
        <source>%1 weights of %2 bits, mostly %3</source>
        <translation>%1 个权重，每个 %2 位，主要为 %3</translation>
    </message>
    <message>
        <source>%1 of the size now, %2 bits on average</source>
        <translation>当前大小的 %1，平均 %2 位</translation>
    </message>
    <message>
        <source>%1 of the size now, scales not counted</source>
        <translation>当前大小的 %1，未计缩放因子</translation>
    </message>
    <message>
        <source>to quantize and to measure</source>
        <translation>用于量化和测量</translation>
    </message>
    <message>
        <source>not estimated yet</source>
        <translation>尚未估计</translation>
    </message>
    <message>
        <source>run the recipe to measure it</source>
        <translation>运行配方即可测量</translation>
    </message>
    <message>
        <source>cannot be estimated</source>
        <translation>无法估计</translation>
    </message>
    <message>
        <source>%1 weights of %2 bits, %3</source>
        <translation>%1 个权重，%2 位，%3</translation>
    </message>
    <message>
        <source>Blocks share weights now; quantized, each has codes of its own.</source>
        <translation>各块现在共享权重；量化后各有自己的编码。</translation>
    </message>
    <message>
        <source>to quantize</source>
        <translation>用于量化</translation>
    </message>
    <message>
        <source>Where the bytes are, now and with the recipe</source>
        <translation>字节分布：现在与按配方之后</translation>
    </message>
    <message>
        <source>this model cannot be run</source>
        <translation>此模型无法运行</translation>
    </message>
    <message>
        <source>Memory of a run</source>
        <translation>运行所需内存</translation>
    </message>
    <message>
        <source>Loss with the recipe</source>
        <translation>采用此配方的损失</translation>
    </message>
    <message>
        <source>Loss of another run</source>
        <translation>另一次运行的损失</translation>
    </message>
    <message>
        <source>nats per token; %1: %2</source>
        <translation>nats/词元；%1：%2</translation>
    </message>
    <message>
        <source>nats per token; %1, %2: %3</source>
        <translation>nats/词元；%1，%2：%3</translation>
    </message>
    <message>
        <source>Of %1, %2, the newest run of this recipe.</source>
        <extracomment>a run&apos;s name, and when it was made</extracomment>
        <translation>来自 %1（%2），此配方最新的运行。</translation>
    </message>
    <message>
        <source>Of %1, %2, which is not the newest run of the recipe. Choose another run in Project, or run the recipe.</source>
        <translation>属于 %1，%2，它不是该配方最新的运行。请在“项目”中选择另一次运行，或运行该配方。</translation>
    </message>
</context>
<context>
    <name>bitprism::ParamForm</name>
    <message>
        <source>Choose...</source>
        <translation>选择...</translation>
    </message>
    <message>
        <source>This is not valid JSON.</source>
        <translation>这不是有效的 JSON。</translation>
    </message>
    <message>
        <source>Choose: %1</source>
        <translation>选择：%1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>a parameter&apos;s title, and its unit</comment>
        <translation>%1（%2）</translation>
    </message>
</context>
<context>
    <name>bitprism::PartsBar</name>
    <message>
        <source>Size by part, drawn</source>
        <translation>各部分大小（图）</translation>
    </message>
    <message>
        <source>%1: %2, %3 of the model</source>
        <translation>%1：%2，占模型的 %3</translation>
    </message>
</context>
<context>
    <name>bitprism::PartsModel</name>
    <message>
        <source>Part</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>每权重位数</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
</context>
<context>
    <name>bitprism::PictureMenu</name>
    <message>
        <source>Save as PNG...</source>
        <translation>另存为 PNG...</translation>
    </message>
    <message>
        <source>Save as SVG...</source>
        <translation>另存为 SVG...</translation>
    </message>
    <message>
        <source>Save as PDF...</source>
        <translation>另存为 PDF...</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>复制图像</translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation>复制数据</translation>
    </message>
</context>
<context>
    <name>bitprism::PlotFrame</name>
    <message>
        <source>Saved as %1</source>
        <translation>已保存为 %1</translation>
    </message>
    <message>
        <source>Arrow keys read the values out.</source>
        <translation>方向键读出数值。</translation>
    </message>
    <message>
        <source>Save as PNG...</source>
        <translation>另存为 PNG...</translation>
    </message>
    <message>
        <source>Save as SVG...</source>
        <translation>另存为 SVG...</translation>
    </message>
    <message>
        <source>Save as PDF...</source>
        <translation>另存为 PDF...</translation>
    </message>
    <message>
        <source>Copy image</source>
        <translation>复制图像</translation>
    </message>
    <message>
        <source>Copy data</source>
        <translation>复制数据</translation>
    </message>
    <message>
        <source>Show all (Home)</source>
        <translation>显示全部（Home）</translation>
    </message>
    <message>
        <source>Nothing is measured for this plot yet.</source>
        <translation>此图尚无测量结果。</translation>
    </message>
</context>
<context>
    <name>bitprism::PredictedFrontier</name>
    <message>
        <source>predicted frontier of the newest probes</source>
        <translation>最新探测的预测前沿</translation>
    </message>
    <message>
        <source>predicted frontier of the newest probes, on %1</source>
        <translation>最新探测的预测前沿，基于 %1</translation>
    </message>
</context>
<context>
    <name>bitprism::RankTable</name>
    <message>
        <source>How sensitive it is</source>
        <translation>敏感程度</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>KL, nats</source>
        <translation>KL，nats</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>排名</translation>
    </message>
    <message>
        <source>Measured with only this layer quantized. Percentile: the share of the layers that are less sensitive, from 1 to 99.</source>
        <translation>只量化该层时测得。百分位：不如它敏感的层所占的比例，从 1 到 99。</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>百分位</translation>
    </message>
</context>
<context>
    <name>bitprism::RecipeChangesModel</name>
    <message numerus="yes">
        <source>%n entries by layer</source>
        <translation>
            <numerusform>按层列出的 %n 项</numerusform>
        </translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>none; measured as it is: %1, %2 bits per weight</source>
        <translation>无；按原样测量：%1，每权重 %2 位</translation>
    </message>
    <message>
        <source>What the recipes differ in</source>
        <translation>配方的不同之处</translation>
    </message>
    <message>
        <source>%1 for other layers</source>
        <extracomment>a width, of a run whose allocation gives the layers widths of their own</extracomment>
        <translation>其他层 %1</translation>
    </message>
</context>
<context>
    <name>bitprism::RecipeDocument</name>
    <message>
        <source>bits of %1</source>
        <extracomment>undo text; %1 is a layer&apos;s name</extracomment>
        <translation>%1 的位宽</translation>
    </message>
</context>
<context>
    <name>bitprism::RecipeFiles</name>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Open a recipe</source>
        <translation>打开配方</translation>
    </message>
    <message>
        <source>Recipes (*.json);;All files (*)</source>
        <translation>配方 (*.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Save the recipe</source>
        <translation>保存配方</translation>
    </message>
    <message>
        <source>Recipes (*.json)</source>
        <translation>配方 (*.json)</translation>
    </message>
    <message>
        <source>Recipe opened from %1.</source>
        <translation>已从 %1 打开配方。</translation>
    </message>
</context>
<context>
    <name>bitprism::RecipePanel</name>
    <message>
        <source>%1, %2 bits</source>
        <translation>%1，%2 位</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>激活</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>校准</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>The recipe&apos;s parts</source>
        <translation>配方的各部分</translation>
    </message>
    <message>
        <source>Exceptions</source>
        <translation>例外</translation>
    </message>
    <message>
        <source>%1, %2 × %3 tokens</source>
        <translation>%1，%2 × %3 个词元</translation>
    </message>
    <message>
        <source>None chosen</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>About %1, %2 of memory; the model becomes %3.</source>
        <translation>约 %1，%2 内存；模型变为 %3。</translation>
    </message>
    <message>
        <source>The engine is loading...</source>
        <translation>正在加载引擎...</translation>
    </message>
    <message>
        <source>KV cache: %1</source>
        <translation>KV 缓存：%1</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 缓存</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>%1 in %2</source>
        <translation>%1，属于 %2</translation>
    </message>
    <message>
        <source>R&amp;un this recipe</source>
        <translation>运行此配方(&amp;U)</translation>
    </message>
    <message numerus="yes">
        <source>%n exceptions</source>
        <translation>
            <numerusform>%n 个例外</numerusform>
        </translation>
    </message>
    <message>
        <source>How long it will take is estimated after the job at work, and before this one begins.</source>
        <translation>当前作业完成后、本次运行开始前估计所需时间。</translation>
    </message>
    <message>
        <source>Estimating how long it will take... Started now, it begins after that.</source>
        <translation>正在估计所需时间... 现在启动的话，估计之后开始。</translation>
    </message>
</context>
<context>
    <name>bitprism::ReportView</name>
    <message>
        <source>Report on</source>
        <translation>报告内容</translation>
    </message>
    <message>
        <source>Export report...</source>
        <translation>导出报告...</translation>
    </message>
    <message>
        <source>Preview of the report</source>
        <translation>报告预览</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>章节</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Metrics side by side, and the trade-off</source>
        <translation>并排的指标与权衡</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Bits and errors by layer, and how they differ</source>
        <translation>各层的位宽和误差，以及其差异</translation>
    </message>
    <message>
        <source>Recipes</source>
        <translation>配方</translation>
    </message>
    <message>
        <source>What differs between the recipes, and the recipes</source>
        <translation>配方之间的不同，以及各配方</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>What quantizing each layer alone costs</source>
        <translation>单独量化每层的代价</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>Largest inputs of every layer</source>
        <translation>每层的最大输入</translation>
    </message>
    <message>
        <source>Allocation</source>
        <translation>分配</translation>
    </message>
    <message>
        <source>Bits chosen under a budget, and the frontier</source>
        <translation>在预算下选择的位宽，以及前沿</translation>
    </message>
    <message>
        <source>Provenance</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Commands that repeat the runs, versions, machine</source>
        <translation>重现运行的命令、版本、机器</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Format of the document</source>
        <translation>文档的格式</translation>
    </message>
    <message>
        <source>A document about runs: what was done, what it cost, and how to repeat it. The store holds no run yet.</source>
        <translation>关于运行的文档：做了什么、代价多少、如何重现。项目中还没有运行。</translation>
    </message>
    <message>
        <source>Collecting what the runs found</source>
        <translation>正在收集各次运行的发现</translation>
    </message>
    <message>
        <source>Export the report</source>
        <translation>导出报告</translation>
    </message>
    <message>
        <source>report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Writing %1</source>
        <translation>正在写入 %1</translation>
    </message>
    <message>
        <source>Wrote %1, %2.</source>
        <translation>已写入 %1，%2。</translation>
    </message>
    <message>
        <source>✕ Not written: %1</source>
        <translation>✕ 未写入：%1</translation>
    </message>
    <message>
        <source>Saved as %1</source>
        <translation>已保存为 %1</translation>
    </message>
    <message>
        <source>✕ Not written: %1 exists already.</source>
        <translation>✕ 未写入：%1 已存在。</translation>
    </message>
    <message>
        <source>✕ Not written: the name ends in .%1, but the document is %2. Choose a name with .%3, or another format.</source>
        <translation>✕ 未写入：文件名以 .%1 结尾，而文档是 %2。请改用 .%3 结尾的名称，或选择其他格式。</translation>
    </message>
    <message>
        <source>%1 (none)</source>
        <extracomment>a section of the report, of which the chosen runs have nothing</extracomment>
        <translation>%1（无）</translation>
    </message>
    <message>
        <source>%1. None of the runs chosen above has it.</source>
        <translation>%1。上面所选的运行都没有。</translation>
    </message>
</context>
<context>
    <name>bitprism::RunChooser</name>
    <message>
        <source>Add runs</source>
        <extracomment>a button: how many runs are shown beside the first one; its menu chooses them</extracomment>
        <translation>添加运行</translation>
    </message>
    <message numerus="yes">
        <source>with %n more</source>
        <translation>
            <numerusform>另加 %n 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>There is no other run</source>
        <translation>没有其他运行</translation>
    </message>
</context>
<context>
    <name>bitprism::RunFollower</name>
    <message>
        <source>%1 (an earlier run, of %2)</source>
        <extracomment>what is shown, with its run&apos;s name, and when that run was made</extracomment>
        <translation>%1（较早的运行，%2）</translation>
    </message>
    <message>
        <source>nothing is measured yet, the earlier run is shown until then</source>
        <translation>尚未测得任何结果，在此之前显示较早的运行</translation>
    </message>
    <message>
        <source>%1, the earlier run is shown</source>
        <translation>%1，显示的是较早的运行</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsBanner</name>
    <message>
        <source>%1 waits for its turn.</source>
        <translation>%1 正在排队。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>a run&apos;s name, how far it is, and the time left</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>%1 is at work in another process: %2 of %3 blocks.</source>
        <translation>%1 正在另一个进程中运行：已完成 %2 / %3 块。</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>%1 in %2.</source>
        <extracomment>a run&apos;s name, and the time that it took</extracomment>
        <translation>%1，用时 %2。</translation>
    </message>
    <message>
        <source>%1.</source>
        <translation>%1。</translation>
    </message>
    <message>
        <source>%1 What is finished is kept; Resume goes on.</source>
        <extracomment>a sentence that a run was stopped</extracomment>
        <translation>%1已完成的部分会保留；点“继续”接着进行。</translation>
    </message>
    <message>
        <source>%1 was stopped before it measured anything.</source>
        <translation>%1 在测得任何结果之前就停止了。</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsModel</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>%1
%2 of %3
Run %4, %5</source>
        <extracomment>a run&apos;s name, what it is, its model, its id and its time</extracomment>
        <translation>%1
%3 的%2
运行 %4，%5</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsPanel</name>
    <message>
        <source>Search runs</source>
        <translation>搜索运行</translation>
    </message>
    <message>
        <source>Search runs by name, kind or experiment</source>
        <translation>按名称、类型或实验搜索运行</translation>
    </message>
    <message>
        <source>Experiments and runs</source>
        <translation>实验和运行</translation>
    </message>
    <message>
        <source>Runs will be listed here, newest first.</source>
        <translation>运行将列在这里，最新的在前。</translation>
    </message>
    <message>
        <source>Open results</source>
        <translation>打开结果</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Rename...</source>
        <translation>重命名...</translation>
    </message>
    <message>
        <source>Copy id</source>
        <translation>复制 id</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Rename the run</source>
        <translation>重命名运行</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>名称：</translation>
    </message>
    <message>
        <source>Export a checkpoint...</source>
        <translation>导出检查点...</translation>
    </message>
    <message>
        <source>Delete...</source>
        <translation>删除...</translation>
    </message>
    <message>
        <source>Delete the run &quot;%1&quot; with all its results?</source>
        <translation>删除运行“%1”及其全部结果？</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n runs with all their results?</source>
        <translation>
            <numerusform>删除 %n 次运行及其全部结果？</numerusform>
        </translation>
    </message>
    <message>
        <source>Delete runs</source>
        <translation>删除运行</translation>
    </message>
    <message>
        <source>For %1 seconds afterwards they can be brought back.</source>
        <translation>删除后 %1 秒内可以恢复。</translation>
    </message>
    <message>
        <source>Export of %1</source>
        <translation>导出 %1</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsTableModel</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>实验</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsView</name>
    <message>
        <source>Reading the runs of the store</source>
        <translation>正在读取项目中的运行</translation>
    </message>
    <message>
        <source>Go to the overview to start one</source>
        <translation>前往概览启动一次运行</translation>
    </message>
</context>
<context>
    <name>bitprism::Screenshots</name>
    <message>
        <source>%1: the folder cannot be made.</source>
        <translation>%1：无法创建文件夹。</translation>
    </message>
    <message>
        <source>%1: the picture cannot be written.</source>
        <translation>%1：无法写入图片。</translation>
    </message>
    <message>
        <source>No model is open, so there is nothing to show; name a model, or a project that holds runs.</source>
        <translation>没有打开模型，因此没有可显示的内容；请指定模型，或含有运行的项目。</translation>
    </message>
</context>
<context>
    <name>bitprism::SensitivityModel</name>
    <message>
        <source>Below its standard error: cannot be told from nothing.</source>
        <translation>小于其标准误：无法与零区分。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>a measure with its unit, and its definition</extracomment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>bitprism::SensitivityView</name>
    <message>
        <source>Sensitivity of every layer at every width</source>
        <translation>每层在每个位宽的敏感度</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>图中显示的内容</translation>
    </message>
    <message>
        <source>Width of the lines by depth</source>
        <translation>按深度曲线的位宽</translation>
    </message>
    <message>
        <source>By &amp;depth at</source>
        <translation>按深度，位宽(&amp;D)</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>位宽</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Click: choose the layer. Double click: set these bits in the recipe.</source>
        <translation>单击：选择层。双击：在配方中设置这些位宽。</translation>
    </message>
    <message>
        <source>Click: choose the layer.</source>
        <translation>单击：选择层。</translation>
    </message>
    <message>
        <source>as predicted</source>
        <translation>与预测一致</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>测量敏感度</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>%1 by depth at %2</source>
        <translation>%1，按深度，%2</translation>
    </message>
    <message>
        <source>%1 of %2 layers measured</source>
        <translation>已测量 %2 层中的 %1 层</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>A table of the same numbers, below the plots</source>
        <translation>图下方显示相同数值的表格</translation>
    </message>
    <message>
        <source>%1 by depth</source>
        <translation>%1 随深度的变化</translation>
    </message>
    <message>
        <source>Reading what was measured</source>
        <translation>正在读取测量结果</translation>
    </message>
    <message>
        <source>Ta&amp;ble</source>
        <translation>表格(&amp;B)</translation>
    </message>
    <message>
        <source>No layer is measured yet.</source>
        <translation>还没有测量任何层。</translation>
    </message>
    <message>
        <source>No layer has this measure at this width. Choose another above.</source>
        <translation>没有层在此位宽有该指标。请在上方另选。</translation>
    </message>
    <message>
        <source>No layer has both a prediction and a measured change in loss.</source>
        <translation>没有层同时有预测与实测的损失变化。</translation>
    </message>
    <message>
        <source>predicted, nats per token</source>
        <translation>预测，nats/词元</translation>
    </message>
    <message>
        <source>measured, nats per token</source>
        <translation>实测，nats/词元</translation>
    </message>
    <message>
        <source>This view shows which layers lose most when they are quantized.</source>
        <translation>此视图显示哪些层在量化时损失最大。</translation>
    </message>
    <message>
        <source>Each is quantized alone at 2, 3, 4 and 8 bits, and the model is run.</source>
        <translation>每一层分别单独量化到 2、3、4 和 8 位，再运行模型。</translation>
    </message>
    <message>
        <source>all layers</source>
        <translation>全部层</translation>
    </message>
    <message>
        <source>all layers at this width</source>
        <translation>该位宽下的全部层</translation>
    </message>
    <message>
        <source>all layers and widths, by what was measured</source>
        <translation>全部层与位宽（按测量值）</translation>
    </message>
    <message>
        <source>By depth</source>
        <translation>按深度</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Ru&amp;n</source>
        <translation>运行(&amp;N)</translation>
    </message>
    <message>
        <source>Logarithmic colours and axes</source>
        <translation>对数颜色和坐标轴</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>对数(&amp;L)</translation>
    </message>
    <message>
        <source>Predicted against measured change in loss when only one layer is quantized, nats per token</source>
        <translation>只量化一层时，预测与实测的损失变化，nats/词元</translation>
    </message>
    <message>
        <source>Repeats what is shown, with its own quantizer and data: %1.
The time beside it is of these settings. What the recipe would do is measured by Run &gt; Measure sensitivity, which may take another time.</source>
        <translation>以其自身的量化器和数据重复所显示的测量：%1。
旁边的时间按这些设置估计。配方的敏感度由“运行”菜单的“测量敏感度”测量，所需时间可能不同。</translation>
    </message>
    <message>
        <source>Measures each layer with the recipe&apos;s quantizer; the time beside it is of the recipe&apos;s settings.</source>
        <translation>用配方的量化器测量每一层；旁边的时间按配方的设置估计。</translation>
    </message>
    <message>
        <source>Self-attention, feed-forward</source>
        <translation>自注意力、前馈</translation>
    </message>
    <message>
        <source>Cross-attention</source>
        <translation>交叉注意力</translation>
    </message>
    <message>
        <source>Layers whose lines by depth are shown</source>
        <translation>按深度显示曲线的层</translation>
    </message>
</context>
<context>
    <name>bitprism::SeriesPlot</name>
    <message>
        <source>inside the noise</source>
        <translation>在噪声之内</translation>
    </message>
    <message>
        <source>series</source>
        <translation>系列</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>zero or below: it has no place on this axis</source>
        <translation>零或更小：在此轴上没有位置</translation>
    </message>
    <message numerus="yes">
        <source>zero or below, %n marks</source>
        <translation>
            <numerusform>零或更小，%n 个标记</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>bitprism::ShownRunBox</name>
    <message>
        <source>Run that is shown</source>
        <translation>显示的运行</translation>
    </message>
    <message>
        <source>Which run is shown, here and in all views</source>
        <translation>显示哪次运行，此处和所有视图一致</translation>
    </message>
</context>
<context>
    <name>bitprism::SidePlots</name>
    <message>
        <source>Plot that is shown</source>
        <translation>显示的图</translation>
    </message>
</context>
<context>
    <name>bitprism::StartButtons</name>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Measure sensitivity</source>
        <translation>测量敏感度</translation>
    </message>
    <message>
        <source>What quantizing each layer alone costs, at 2, 3, 4 and 8 bits</source>
        <translation>单独量化每一层的代价，位宽 2、3、4 和 8</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>Look for outliers</source>
        <translation>查找离群值</translation>
    </message>
    <message>
        <source>Which channels and tokens of every layer&apos;s input stand out</source>
        <translation>每层输入中哪些通道和词元突出</translation>
    </message>
    <message>
        <source>Run the recipe</source>
        <translation>运行配方</translation>
    </message>
    <message>
        <source>Quantize the model by the recipe and measure what it cost</source>
        <translation>按配方量化模型并测量代价</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>waits its turn</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>How far each layer&apos;s weights move at 2, 3, 4 and 8 bits</source>
        <translation>各层权重在 2、3、4 和 8 位时偏移多少</translation>
    </message>
    <message>
        <source>Which columns and rows of every layer&apos;s weights stand out</source>
        <translation>各层权重中哪些列和行突出</translation>
    </message>
    <message>
        <source>Quantize the model&apos;s weights by the recipe</source>
        <translation>按配方量化模型的权重</translation>
    </message>
    <message>
        <source>Takes the recipe&apos;s quantizer and the project&apos;s data, and so does its time. Measure again in the view Sensitivity repeats the run that is shown there, with the settings of that run.</source>
        <translation>采用配方的量化器和项目的数据，所示时间也按此估计。敏感度视图中的“重新测量”以那里所显示运行的设置重复该运行。</translation>
    </message>
    <message>
        <source>Takes the project&apos;s data, and so does its time. Measure again in the view Outliers repeats the run that is shown there, with the settings of that run.</source>
        <translation>采用项目的数据，所示时间也按此估计。离群值视图中的“重新测量”以那里所显示运行的设置重复该运行。</translation>
    </message>
    <message>
        <source>Takes the recipe and the data as they are now, and so does its time.</source>
        <translation>采用当前的配方和数据，所示时间也按此估计。</translation>
    </message>
</context>
<context>
    <name>bitprism::StateBanner</name>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Not complete</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>At work</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>知道了</translation>
    </message>
</context>
<context>
    <name>bitprism::StatePanel</name>
    <message>
        <source>This did not work</source>
        <translation>未能完成</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>复制错误</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
</context>
<context>
    <name>bitprism::TokenChoices</name>
    <message>
        <source>%1 on %2</source>
        <translation>%2 上的%1</translation>
    </message>
    <message>
        <source>&amp;measured by</source>
        <translation>测量任务(&amp;M)</translation>
    </message>
    <message>
        <source>Ru&amp;n</source>
        <translation>运行(&amp;N)</translation>
    </message>
    <message>
        <source>Run whose tokens are shown</source>
        <translation>显示其词元的运行</translation>
    </message>
    <message>
        <source>&amp;against</source>
        <translation>对比(&amp;A)</translation>
    </message>
    <message>
        <source>What the run is compared with</source>
        <translation>运行与之比较的对象</translation>
    </message>
    <message>
        <source>Evaluation of the run</source>
        <translation>运行的评估</translation>
    </message>
    <message>
        <source>Unquantized model</source>
        <translation>未量化的模型</translation>
    </message>
</context>
<context>
    <name>bitprism::TokenModel</name>
    <message>
        <source>Known within a few per cent, as the run stores it</source>
        <translation>按运行的存储精度，误差在百分之几以内</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>In its text</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Magnitude</source>
        <translation>幅值</translation>
    </message>
</context>
<context>
    <name>bitprism::TokenPanel</name>
    <message>
        <source>All &amp;channels</source>
        <translation>所有通道(&amp;C)</translation>
    </message>
    <message>
        <source>Tokens with the largest magnitudes</source>
        <translation>幅值最大的词元</translation>
    </message>
    <message>
        <source>Largest and smallest value of each token</source>
        <translation>每个词元的最大值与最小值</translation>
    </message>
    <message>
        <source>share of tokens, %</source>
        <translation>词元占比，%</translation>
    </message>
    <message>
        <source>magnitude</source>
        <translation>幅值</translation>
    </message>
    <message>
        <source>Click: show the token in the map.</source>
        <translation>单击：在图谱中显示该词元。</translation>
    </message>
    <message>
        <source>No tokens are kept for this layer.</source>
        <translation>没有保存此层的词元。</translation>
    </message>
    <message>
        <source>Tokens with the largest magnitude in any channel</source>
        <translation>在任一通道中幅值最大的词元</translation>
    </message>
    <message>
        <source>Tokens that excite channel %1 and its neighbours</source>
        <translation>激发通道 %1 及其相邻通道的词元</translation>
    </message>
    <message>
        <source>Tokens that excite channel %1</source>
        <translation>激发通道 %1 的词元</translation>
    </message>
</context>
<context>
    <name>bitprism::TokenText</name>
    <message>
        <source>Text coloured by the change in loss</source>
        <translation>按损失变化着色的文本</translation>
    </message>
    <message>
        <source>“%1”: not scored</source>
        <translation>“%1”：未计分</translation>
    </message>
    <message>
        <source>“%1”: %2 nats</source>
        <translation>“%1”：%2 nats</translation>
    </message>
    <message>
        <source>“%1”: %2 nats before, %3 after, %4</source>
        <translation>“%1”：之前 %2 nats，之后 %3，%4</translation>
    </message>
    <message>
        <source>%1; increase: %2</source>
        <translation>%1；增量排名：%2</translation>
    </message>
    <message>
        <source>token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>loss before, nats</source>
        <translation>之前的损失，nats</translation>
    </message>
    <message>
        <source>loss after, nats</source>
        <translation>之后的损失，nats</translation>
    </message>
    <message>
        <source>change, nats</source>
        <translation>变化，nats</translation>
    </message>
</context>
<context>
    <name>bitprism::TokensView</name>
    <message>
        <source>Worst tokens</source>
        <translation>最差词元</translation>
    </message>
    <message>
        <source>Items</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Continuations</source>
        <translation>续写</translation>
    </message>
    <message>
        <source>the unquantized model</source>
        <translation>未量化的模型</translation>
    </message>
    <message>
        <source>Reading the runs of the store</source>
        <translation>正在读取项目中的运行</translation>
    </message>
    <message>
        <source>Go to the overview to start one</source>
        <translation>前往概览启动一次运行</translation>
    </message>
    <message>
        <source>Reading the losses of %1</source>
        <translation>正在读取 %1 的损失</translation>
    </message>
    <message>
        <source>%1 keeps no losses: it measured nothing, or an older version made it. Run its recipe again with an evaluation.</source>
        <translation>%1 没有保存损失：它没有测量，或由旧版本生成。请带评估重新运行其配方。</translation>
    </message>
    <message>
        <source>Go to the overview</source>
        <translation>前往概览</translation>
    </message>
    <message>
        <source>Change in the loss of each token, nats: %1 less %2</source>
        <translation>每个词元的损失变化，nats：%1 减去%2</translation>
    </message>
    <message>
        <source>The class that each text is given by %1 and %2</source>
        <translation>%1 与 %2 给每段文本的类别</translation>
    </message>
    <message>
        <source>What %1 and %2 heard</source>
        <translation>%1 与 %2 听到的内容</translation>
    </message>
    <message>
        <source>The class that each picture is given by %1 and %2</source>
        <translation>%1 与 %2 给每张图片的类别</translation>
    </message>
    <message>
        <source>Error of the output, as a share of its norm, in %1</source>
        <translation>%1 的输出误差，占输出范数的比例</translation>
    </message>
    <message numerus="yes">
        <source>%n items</source>
        <translation>
            <numerusform>%n 个条目</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 tokens scored by both</source>
        <translation>双方都计分的词元 %1 个</translation>
    </message>
    <message>
        <source>Item %1 of %2</source>
        <translation>第 %1 条，共 %2 条</translation>
    </message>
    <message>
        <source>%1 nats per token</source>
        <translation>%1 nats/词元</translation>
    </message>
    <message>
        <source>Choose a token to see its values; arrow keys go on.</source>
        <translation>选择一个词元查看其数值；方向键可继续移动。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>No losses of %1 are kept for these data, so nothing can be compared: the losses of %2 are shown by themselves.</source>
        <translation>没有保存 %1 在这些数据上的损失，无法对比：单独显示 %2 的损失。</translation>
    </message>
    <message>
        <source>Only the first items of these data were kept.</source>
        <translation>只保存了这些数据的前面部分条目。</translation>
    </message>
    <message>
        <source>%1 is at work: %2. What it measures follows.</source>
        <translation>%1 进行中：%2。测量结果随后显示。</translation>
    </message>
    <message>
        <source>Unquantized model</source>
        <translation>未量化的模型</translation>
    </message>
    <message>
        <source>The data of an evaluation token by token, coloured by what quantizing changed. No run has measured anything of this model yet.</source>
        <translation>逐词元显示评估数据，颜色表示量化带来的变化。还没有运行测量过此模型。</translation>
    </message>
    <message>
        <source>Previous item</source>
        <translation>上一项</translation>
    </message>
    <message>
        <source>Next item</source>
        <translation>下一项</translation>
    </message>
    <message>
        <source>Next worst token</source>
        <translation>下一个最差词元</translation>
    </message>
    <message>
        <source>&amp;Previous</source>
        <translation>上一项(&amp;P)</translation>
    </message>
    <message>
        <source>Ne&amp;xt</source>
        <translation>下一项(&amp;X)</translation>
    </message>
    <message>
        <source>Next &amp;worst</source>
        <translation>下一最差(&amp;W)</translation>
    </message>
</context>
<context>
    <name>bitprism::TradeOffsView</name>
    <message>
        <source>Compare these runs</source>
        <translation>比较这些运行</translation>
    </message>
    <message>
        <source>Runs and what they cost</source>
        <translation>各次运行及其代价</translation>
    </message>
    <message>
        <source>Filter runs by name, model or experiment</source>
        <translation>按名称、模型或实验筛选运行</translation>
    </message>
    <message>
        <source>Filter of the runs</source>
        <translation>运行的筛选</translation>
    </message>
    <message>
        <source>Click chooses the run, double click opens its report.</source>
        <translation>单击选择运行，双击打开其报告。</translation>
    </message>
    <message>
        <source>Reading the runs of the store</source>
        <translation>正在读取项目中的运行</translation>
    </message>
    <message>
        <source>Every run as a point: what it costs against what it loses, and which runs no other beats. No run is finished yet.</source>
        <translation>每次运行一个点：代价与损失的对照，并标出没有其他运行能胜过的运行。还没有已完成的运行。</translation>
    </message>
    <message>
        <source>Go to the overview to start one</source>
        <translation>前往概览启动一次运行</translation>
    </message>
    <message numerus="yes">
        <source>%n runs are chosen</source>
        <translation>
            <numerusform>已选择 %n 次运行</numerusform>
        </translation>
    </message>
    <message>
        <source>Drag a frame with Shift, or choose rows below, to compare runs.</source>
        <translation>按住 Shift 拖出方框，或在下方选择行，以比较运行。</translation>
    </message>
    <message>
        <source>No run here has both measures. Choose other axes, or clear the filter.</source>
        <translation>此处没有同时具备两项指标的运行。请另选坐标轴，或清除筛选。</translation>
    </message>
    <message>
        <source>the runs drawn, the largest first</source>
        <translation>画出的运行（从大到小）</translation>
    </message>
    <message>
        <source>Without experiment</source>
        <translation>无实验</translation>
    </message>
    <message>
        <source>as it is, or others</source>
        <translation>原样或其他</translation>
    </message>
    <message>
        <source>No run fits the filter. Clear it to see the runs.</source>
        <translation>没有符合筛选的运行。清除筛选即可看到各次运行。</translation>
    </message>
    <message>
        <source>No run of this experiment is measured yet. Choose all experiments.</source>
        <translation>此实验还没有测量过的运行。请选择全部实验。</translation>
    </message>
    <message>
        <source>No run of a quantized model is measured yet. Start one in the overview.</source>
        <translation>还没有测量过量化模型的运行。请在概览中开始一次。</translation>
    </message>
    <message>
        <source>No run of this experiment has both measures. Choose other axes, or all experiments.</source>
        <translation>此实验没有同时具备两项测量的运行。请选择其他坐标轴，或全部实验。</translation>
    </message>
    <message>
        <source>No run has both measures. Choose other axes.</source>
        <translation>没有同时具备两项测量的运行。请选择其他坐标轴。</translation>
    </message>
    <message>
        <source>Other models</source>
        <translation>其他模型</translation>
    </message>
</context>
<context>
    <name>bitprism::TransformsSection</name>
    <message>
        <source>Transforms</source>
        <translation>变换</translation>
    </message>
    <message>
        <source>Add a transform</source>
        <translation>添加变换</translation>
    </message>
    <message>
        <source>This version has no transforms.</source>
        <translation>此版本没有变换。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Transform %1</source>
        <translation>变换 %1</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>前移</translation>
    </message>
    <message>
        <source>Apply earlier: %1</source>
        <translation>更早应用：%1</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove: %1</source>
        <translation>移除：%1</translation>
    </message>
    <message>
        <source>Remove a transform</source>
        <translation>移除变换</translation>
    </message>
    <message>
        <source>Order of transforms</source>
        <translation>变换的顺序</translation>
    </message>
</context>
<context>
    <name>bitprism::ViewControls</name>
    <message>
        <source>Open a model or a project first.</source>
        <translation>请先打开一个模型或项目。</translation>
    </message>
    <message>
        <source>Not possible now.</source>
        <translation>现在无法执行。</translation>
    </message>
    <message>
        <source>%1 does not show it now.</source>
        <extracomment>%1 is a view or a dock</extracomment>
        <translation>“%1”现在不显示它。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>%1 is what somebody wanted to do, %2 why it cannot be done</extracomment>
        <translation>%1：%2</translation>
    </message>
</context>
<context>
    <name>bitprism::WeightsHistogram</name>
    <message>
        <source>weight</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>share of weights, %</source>
        <translation>权重占比，%</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>%1 bits in the recipe</source>
        <translation>配方中 %1 位</translation>
    </message>
    <message>
        <source>The recipe leaves this layer as it is.</source>
        <translation>配方保持此层不变。</translation>
    </message>
    <message>
        <source>from %1 of %2 rows</source>
        <translation>取自 %2 行中的 %1 行</translation>
    </message>
    <message>
        <source>Weights, share in each of %1 bins</source>
        <translation>权重分布：%1 个区间各自的占比</translation>
    </message>
    <message>
        <source>dashed: %1 values of a group of %3 at %2 bits</source>
        <translation>虚线：每组 %3 个权重、%2 位时的 %1 个量化值</translation>
    </message>
</context>
<context>
    <name>bitprism::WelcomePage</name>
    <message>
        <source>Bitprism</source>
        <translation>Bitprism</translation>
    </message>
    <message>
        <source>See what quantization costs a transformer model, layer by layer.</source>
        <translation>逐层查看量化给 Transformer 模型带来的代价。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>最近</translation>
    </message>
    <message>
        <source>A model...</source>
        <translation>模型...</translation>
    </message>
    <message>
        <source>A folder with config.json and safetensors files</source>
        <translation>含有 config.json 和 safetensors 文件的文件夹</translation>
    </message>
    <message>
        <source>A project...</source>
        <translation>项目...</translation>
    </message>
    <message>
        <source>A .bitprism file with its runs</source>
        <translation>含有运行的 .bitprism 文件</translation>
    </message>
    <message>
        <source>Or drop a folder or file on this window.</source>
        <translation>或者把文件夹或文件拖放到此窗口。</translation>
    </message>
    <message>
        <source>No samples are installed.</source>
        <translation>没有安装示例。</translation>
    </message>
    <message>
        <source>What you open will stand here.</source>
        <translation>打开过的模型和项目会列在这里。</translation>
    </message>
    <message>
        <source>A GGUF file...</source>
        <translation>GGUF 文件...</translation>
    </message>
    <message>
        <source>A model in one file</source>
        <translation>单个文件中的模型</translation>
    </message>
    <message>
        <source>The sample project</source>
        <translation>示例项目</translation>
    </message>
    <message>
        <source>tiny-llama with finished runs and a report</source>
        <translation>tiny-llama，含已完成的运行和报告</translation>
    </message>
    <message>
        <source>Welcome page</source>
        <translation>欢迎页</translation>
    </message>
</context>
<context>
    <name>bitprism::WhatIfPanel</name>
    <message>
        <source>A &amp;grid for each token</source>
        <translation>每个词元一个网格(&amp;G)</translation>
    </message>
    <message>
        <source>Click: choose what to do to the layer.</source>
        <translation>单击：选择对该层的处理。</translation>
    </message>
    <message>
        <source>Click: choose it. Double click: put it into the recipe.</source>
        <translation>单击：选择。双击：加入配方。</translation>
    </message>
    <message>
        <source>Bits of the weights</source>
        <translation>权重位数</translation>
    </message>
    <message>
        <source>Bits of the layer&apos;s input</source>
        <translation>该层输入的位数</translation>
    </message>
    <message>
        <source>The input has a grid for each token, as per-token-dynamic makes them; otherwise one grid from the smallest to the largest value.</source>
        <translation>每个词元有自己的输入网格，如 per-token-dynamic 所做；否则用一个从最小值到最大值的网格。</translation>
    </message>
    <message>
        <source>&amp;Weights</source>
        <translation>权重(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Input</source>
        <translation>输入(&amp;I)</translation>
    </message>
    <message>
        <source>predicted error</source>
        <translation>预测误差</translation>
    </message>
    <message>
        <source>largest magnitude</source>
        <translation>最大幅值</translation>
    </message>
    <message>
        <source>error, %</source>
        <translation>误差，%</translation>
    </message>
    <message>
        <source>Trying every transform on the tokens that were kept.</source>
        <translation>正在用保存的词元试算每种变换。</translation>
    </message>
    <message>
        <source>Take out of the &amp;recipe</source>
        <translation>移出配方(&amp;R)</translation>
    </message>
    <message>
        <source>Put into the &amp;recipe</source>
        <translation>加入配方(&amp;R)</translation>
    </message>
    <message>
        <source>%1: error %2 % (as it is %3 %), largest magnitude %4 (%5), kurtosis %6 (%7).</source>
        <translation>%1：误差 %2 %（原样为 %3 %），最大幅值 %4（%5），峰度 %6（%7）。</translation>
    </message>
    <message>
        <source>Transforms</source>
        <translation>变换</translation>
    </message>
    <message>
        <source>Predicted error of the output, % of the output&apos;s square</source>
        <translation>输出的预测误差，占输出平方的 %</translation>
    </message>
    <message>
        <source>Largest magnitude of the input</source>
        <translation>输入的最大幅值</translation>
    </message>
    <message>
        <source>the transforms that apply</source>
        <translation>适用的变换</translation>
    </message>
    <message>
        <source>in another colour: the layer as it is</source>
        <translation>异色条形：不作变换</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1；%2</translation>
    </message>
    <message>
        <source>Click a bar to read it and to put that transform into the recipe.</source>
        <translation>单击条形可查看其数值，并把该变换加入配方。</translation>
    </message>
</context>
<context>
    <name>bitprism::WindowActions</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open a model...</source>
        <translation>打开模型(&amp;O)...</translation>
    </message>
    <message>
        <source>Open a &amp;project...</source>
        <translation>打开项目(&amp;P)...</translation>
    </message>
    <message>
        <source>Open a &amp;sample</source>
        <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>打开最近的(&amp;R)</translation>
    </message>
    <message>
        <source>Open a re&amp;cipe...</source>
        <translation>打开配方(&amp;C)...</translation>
    </message>
    <message>
        <source>Sa&amp;ve the recipe...</source>
        <translation>保存配方(&amp;V)...</translation>
    </message>
    <message>
        <source>Se&amp;ttings...</source>
        <translation>设置(&amp;T)...</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Re&amp;name the run...</source>
        <translation>重命名运行(&amp;N)...</translation>
    </message>
    <message>
        <source>&amp;Find a run</source>
        <translation>查找运行(&amp;F)</translation>
    </message>
    <message>
        <source>Find a &amp;layer</source>
        <translation>查找层(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Reset the &amp;layout</source>
        <translation>重置布局(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Full screen</source>
        <translation>全屏(&amp;F)</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Run the recipe</source>
        <translation>运行配方(&amp;R)</translation>
    </message>
    <message>
        <source>Measure &amp;sensitivity</source>
        <translation>测量敏感度(&amp;S)</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>敏感度</translation>
    </message>
    <message>
        <source>Look for &amp;outliers</source>
        <translation>查找离群值(&amp;O)</translation>
    </message>
    <message>
        <source>Outliers</source>
        <translation>离群值</translation>
    </message>
    <message>
        <source>R&amp;esume the chosen run</source>
        <translation>继续所选运行(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Cancel the job</source>
        <translation>取消作业(&amp;C)</translation>
    </message>
    <message>
        <source>Cancel &amp;all jobs</source>
        <translation>取消所有作业(&amp;A)</translation>
    </message>
    <message>
        <source>Show &amp;jobs and log</source>
        <translation>显示作业和日志(&amp;J)</translation>
    </message>
    <message>
        <source>&amp;Tools</source>
        <translation>工具(&amp;T)</translation>
    </message>
    <message>
        <source>Search or run &amp;anything...</source>
        <translation>搜索或运行任何内容(&amp;A)...</translation>
    </message>
    <message>
        <source>&amp;Compare the chosen runs</source>
        <translation>比较所选运行(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Next part of the window</source>
        <translation>窗口的下一部分(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Manual</source>
        <translation>手册(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Shortcuts</source>
        <translation>快捷键(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;About Bitprism</source>
        <translation>关于 Bitprism(&amp;A)</translation>
    </message>
    <message>
        <source>No samples are installed</source>
        <translation>没有安装示例</translation>
    </message>
    <message>
        <source>Nothing was opened yet</source>
        <translation>尚未打开过任何内容</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>层</translation>
    </message>
    <message>
        <source>run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>E&amp;xport the run&apos;s checkpoint...</source>
        <translation>导出运行的检查点(&amp;X)...</translation>
    </message>
    <message>
        <source>&amp;Delete the run...</source>
        <translation>删除运行(&amp;D)...</translation>
    </message>
    <message>
        <source>Open a model&apos;s &amp;file...</source>
        <translation>打开模型文件(&amp;F)...</translation>
    </message>
    <message>
        <source>&amp;New project...</source>
        <translation>新建项目(&amp;N)...</translation>
    </message>
    <message>
        <source>Pre&amp;vious part of the window</source>
        <translation>窗口的上一部分(&amp;V)</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <extracomment>%1 what is done or chosen, %2 the plot or table it is done to, or the value</extracomment>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>plot</source>
        <translation>图</translation>
    </message>
    <message>
        <source>table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>E&amp;xport report...</source>
        <translation>导出报告(&amp;X)...</translation>
    </message>
    <message>
        <source>&amp;In this view</source>
        <extracomment>a menu: what the buttons and fields of the view that shows do</extracomment>
        <translation>此视图中(&amp;I)</translation>
    </message>
    <message>
        <source>It has no buttons</source>
        <translation>它没有按钮</translation>
    </message>
    <message>
        <source>Choose a run that was stopped first.</source>
        <translation>请先选择一个已停止的运行。</translation>
    </message>
    <message>
        <source>Choose a run in the list first.</source>
        <translation>请先在列表中选择一个运行。</translation>
    </message>
    <message>
        <source>The recipe has a problem, which stands above its button.</source>
        <translation>配方有问题，见其按钮上方。</translation>
    </message>
    <message>
        <source>No job is at work.</source>
        <translation>没有正在进行的作业。</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>There is nothing to do again.</source>
        <translation>没有可重做的操作。</translation>
    </message>
    <message>
        <source>Not possible now.</source>
        <translation>现在无法执行。</translation>
    </message>
</context>
<context>
    <name>bitprism::WorstModel</name>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>In context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Before, nats</source>
        <translation>之前，nats</translation>
    </message>
    <message>
        <source>After, nats</source>
        <translation>之后，nats</translation>
    </message>
    <message>
        <source>Change, nats</source>
        <translation>变化，nats</translation>
    </message>
    <message>
        <source>Item</source>
        <translation>条目</translation>
    </message>
</context>
</TS>
