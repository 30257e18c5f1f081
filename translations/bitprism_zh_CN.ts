<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Error</name>
    <message>
        <source>The engine did not start: %1.</source>
        <translation>引擎未能启动:%1。</translation>
    </message>
    <message>
        <source>Something unexpected failed: %1.</source>
        <translation>发生意外错误:%1。</translation>
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
</context>
<context>
    <name>LayerKind</name>
    <message>
        <source>Attention, query</source>
        <translation>注意力,查询</translation>
    </message>
    <message>
        <source>Attention, key</source>
        <translation>注意力,键</translation>
    </message>
    <message>
        <source>Attention, value</source>
        <translation>注意力,值</translation>
    </message>
    <message>
        <source>Attention, output</source>
        <translation>注意力,输出</translation>
    </message>
    <message>
        <source>Cross-attention, query</source>
        <translation>交叉注意力,查询</translation>
    </message>
    <message>
        <source>Cross-attention, key</source>
        <translation>交叉注意力,键</translation>
    </message>
    <message>
        <source>Cross-attention, value</source>
        <translation>交叉注意力,值</translation>
    </message>
    <message>
        <source>Cross-attention, output</source>
        <translation>交叉注意力,输出</translation>
    </message>
    <message>
        <source>Feed-forward, gate</source>
        <translation>前馈,门控</translation>
    </message>
    <message>
        <source>Feed-forward, up</source>
        <translation>前馈,升维</translation>
    </message>
    <message>
        <source>Feed-forward, down</source>
        <translation>前馈,降维</translation>
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
    <name>View</name>
    <message>
        <source>Overview</source>
        <translation>概览</translation>
    </message>
</context>
<context>
    <name>bitprism::Application</name>
    <message>
        <source>Something unexpected failed: %1</source>
        <translation>发生意外错误:%1</translation>
    </message>
    <message>
        <source>Something unexpected failed.</source>
        <translation>发生意外错误。</translation>
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
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Open model...</source>
        <translation>打开模型(&amp;O)...</translation>
    </message>
    <message>
        <source>Open s&amp;tore...</source>
        <translation>打开存储(&amp;T)...</translation>
    </message>
    <message>
        <source>Ctrl+Shift+O</source>
        <translation>Ctrl+Shift+O</translation>
    </message>
    <message>
        <source>Open &amp;sample</source>
        <translation>打开示例(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Colours</source>
        <translation>颜色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;About Bitprism</source>
        <translation>关于 Bitprism(&amp;A)</translation>
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
        <source>No samples are installed</source>
        <translation>未安装示例</translation>
    </message>
    <message>
        <source>Open a model&apos;s folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Open a store</source>
        <translation>打开存储</translation>
    </message>
    <message>
        <source>Stores (*.bitprism);;All files (*)</source>
        <translation>存储 (*.bitprism);;所有文件 (*)</translation>
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

许可证:GPL-3.0-or-later</translation>
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
        <source>Engine is loading</source>
        <translation>引擎正在加载</translation>
    </message>
    <message>
        <source>Engine is ready</source>
        <translation>引擎已就绪</translation>
    </message>
    <message>
        <source>Engine is not available</source>
        <translation>引擎不可用</translation>
    </message>
    <message>
        <source>%1: %2 in %3 blocks</source>
        <translation>%1:%2,%3 个块</translation>
    </message>
</context>
<context>
    <name>bitprism::ModelTreeModel</name>
    <message>
        <source>Block %1, %2</source>
        <translation>块 %1,%2</translation>
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
        <source>%1, stored as %2, %3 weights</source>
        <translation>%1,存储为 %2,%3 个权重</translation>
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
        <translation>位</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
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
</context>
<context>
    <name>bitprism::OverviewView</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>Bits per weight</source>
        <translation>每权重位数</translation>
    </message>
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
        <translation>打开一个检查点以查看其组成:包含 config.json 和 safetensors 文件的文件夹。</translation>
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
        <source>%1 bytes</source>
        <translation>%1 字节</translation>
    </message>
    <message numerus="yes">
        <source>%n can be quantized</source>
        <translation>
            <numerusform>%n 个可量化</numerusform>
        </translation>
    </message>
    <message>
        <source>mostly %1</source>
        <translation>主要为 %1</translation>
    </message>
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
        <translation>否:%1</translation>
    </message>
</context>
<context>
    <name>bitprism::PartsBar</name>
    <message>
        <source>Size by part, drawn</source>
        <translation>各部分大小(图)</translation>
    </message>
    <message>
        <source>%1: %2, %3 of the model</source>
        <translation>%1:%2,占模型的 %3</translation>
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
    <name>bitprism::RunsModel</name>
    <message>
        <source>Queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>%1, %2 of %3</source>
        <extracomment>a run&apos;s status, and how many blocks of the model are done</extracomment>
        <translation>%1,%2/%3</translation>
    </message>
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
        <translation>位</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>创建时间</translation>
    </message>
</context>
<context>
    <name>bitprism::RunsPanel</name>
    <message>
        <source>Runs of the store</source>
        <translation>存储中的运行</translation>
    </message>
    <message>
        <source>Runs will be listed here. Start one with bitprism-cli run.</source>
        <translation>运行将列在此处。用 bitprism-cli run 启动一个。</translation>
    </message>
</context>
<context>
    <name>bitprism::Screenshots</name>
    <message>
        <source>%1: the folder cannot be made.</source>
        <translation>%1:无法创建文件夹。</translation>
    </message>
    <message>
        <source>%1: the picture cannot be written.</source>
        <translation>%1:无法写入图片。</translation>
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
</context>
</TS>
