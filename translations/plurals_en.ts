<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>Outliers</name>
    <message numerus="yes">
        <source>%n tokens from %1</source>
        <translation>
            <numerusform>%n token from %1</numerusform>
            <numerusform>%n tokens from %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>dashed: the ends of a grid of %n values</source>
        <translation>
            <numerusform>dashed: the ends of a grid of %n value</numerusform>
            <numerusform>dashed: the ends of a grid of %n values</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>dashed: the %n values of the grid</source>
        <translation>
            <numerusform>dashed: the %n value of the grid</numerusform>
            <numerusform>dashed: the %n values of the grid</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ReportPreview</name>
    <message numerus="yes">
        <source>%1: %n rows</source>
        <translation>
            <numerusform>%1: %n row</numerusform>
            <numerusform>%1: %n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more rows are in the document.</source>
        <translation>
            <numerusform>%n more row is in the document.</numerusform>
            <numerusform>%n more rows are in the document.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Sensitivity</name>
    <message numerus="yes">
        <source>One mark for each layer and width; above the line: it costs more than predicted. %1: rank correlation %2 over all %n marks. Outlined: inside the noise.</source>
        <extracomment>%1 how well, %2 the correlation, %n marks that it is of</extracomment>
        <translation>
            <numerusform>One mark for each layer and width; above the line: it costs more than predicted. %1: rank correlation %2 over all %n mark. Outlined: inside the noise.</numerusform>
            <numerusform>One mark for each layer and width; above the line: it costs more than predicted. %1: rank correlation %2 over all %n marks. Outlined: inside the noise.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TradeOffs</name>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n runs; larger: on the front, bars: standard errors, outlined: inside the noise</source>
        <translation>
            <numerusform>%1, %n run; larger: on the front, bars: standard errors, outlined: inside the noise</numerusform>
            <numerusform>%1, %n runs; larger: on the front, bars: standard errors, outlined: inside the noise</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1; %n without both measures are not drawn</source>
        <extracomment>follows the line about what is drawn</extracomment>
        <translation>
            <numerusform>%1; %n without both measures is not drawn</numerusform>
            <numerusform>%1; %n without both measures are not drawn</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n runs without both measures are not drawn</source>
        <translation>
            <numerusform>%n run without both measures is not drawn</numerusform>
            <numerusform>%n runs without both measures are not drawn</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WhatIf</name>
    <message numerus="yes">
        <source>%n bits</source>
        <translation>
            <numerusform>%n bit</numerusform>
            <numerusform>%n bits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism</name>
    <message numerus="yes">
        <source>Rank correlation of prediction and measurement: %1, over %n runs</source>
        <translation>
            <numerusform>Rank correlation of prediction and measurement: %1, over %n run</numerusform>
            <numerusform>Rank correlation of prediction and measurement: %1, over %n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::AllocationView</name>
    <message numerus="yes">
        <source>%1 Against %2: %3 nats, %4 bits on average, %Ln layers differ.</source>
        <translation>
            <numerusform>%1 Against %2: %3 nats, %4 bits on average, %Ln layer differs.</numerusform>
            <numerusform>%1 Against %2: %3 nats, %4 bits on average, %Ln layers differ.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::BlockModel</name>
    <message numerus="yes">
        <source>%1 of %n heads</source>
        <translation>
            <numerusform>%1 of %n head</numerusform>
            <numerusform>%1 of %n heads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::CalibrationPanel</name>
    <message numerus="yes">
        <source>Mean agreement over %n layers (those that share an input count once): tau %1 (1: the same ranking, 0: none).</source>
        <translation>
            <numerusform>Mean agreement over %n layer (those that share an input count once): tau %1 (1: the same ranking, 0: none).</numerusform>
            <numerusform>Mean agreement over %n layers (those that share an input count once): tau %1 (1: the same ranking, 0: none).</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of the %n largest layers under each calibration set</source>
        <translation>
            <numerusform>%1 of the %n largest layers under each calibration set</numerusform>
            <numerusform>%1 of the %n largest layers under each calibration set</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::ClosingDialog</name>
    <message numerus="yes">
        <source>Jobs that wait for their turn: %n. Closing takes them out of the queue.</source>
        <translation>
            <numerusform>Jobs that wait for their turn: %n. Closing takes them out of the queue.</numerusform>
            <numerusform>Jobs that wait for their turn: %n. Closing takes them out of the queue.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::CompareView</name>
    <message numerus="yes">
        <source>Comparing %n runs</source>
        <translation>
            <numerusform>Comparing %n run</numerusform>
            <numerusform>Comparing %n runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::DataTable</name>
    <message numerus="yes">
        <source>%n rows</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::DeletionBar</name>
    <message numerus="yes">
        <source>Deleted runs: %n. %1 s to undo.</source>
        <extracomment>runs that were deleted, and how long that can be taken back</extracomment>
        <translation>
            <numerusform>Deleted runs: %n. %1 s to undo.</numerusform>
            <numerusform>Deleted runs: %n. %1 s to undo.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::DistributionPanel</name>
    <message numerus="yes">
        <source>%n bits in the recipe</source>
        <translation>
            <numerusform>%n bit in the recipe</numerusform>
            <numerusform>%n bits in the recipe</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::HeatMapPlot</name>
    <message numerus="yes">
        <source>the largest of up to %n cells shown as one</source>
        <translation>
            <numerusform>the largest of up to %n cell shown as one</numerusform>
            <numerusform>the largest of up to %n cells shown as one</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::ImageMapPlot</name>
    <message numerus="yes">
        <source>the largest of up to %n cells shown as one</source>
        <translation>
            <numerusform>the largest of up to %n cell shown as one</numerusform>
            <numerusform>the largest of up to %n cells shown as one</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::MainWindow</name>
    <message numerus="yes">
        <source>%1: %2 in %n blocks</source>
        <translation>
            <numerusform>%1: %2 in %n block</numerusform>
            <numerusform>%1: %2 in %n blocks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::ModelTreePanel</name>
    <message numerus="yes">
        <source>KL, %n bits</source>
        <extracomment>the heading of a narrow column: a measure and its width</extracomment>
        <translation>
            <numerusform>KL, %n bit</numerusform>
            <numerusform>KL, %n bits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Error, %n bits</source>
        <translation>
            <numerusform>Error, %n bit</numerusform>
            <numerusform>Error, %n bits</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n layers measured so far</source>
        <extracomment>a run&apos;s name, and how much of it is measured</extracomment>
        <translation>
            <numerusform>%1, %n layer measured so far</numerusform>
            <numerusform>%1, %n layers measured so far</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::RecipeChangesModel</name>
    <message numerus="yes">
        <source>%n entries by layer</source>
        <translation>
            <numerusform>%n entry by layer</numerusform>
            <numerusform>%n entries by layer</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::RecipePanel</name>
    <message numerus="yes">
        <source>%n exceptions</source>
        <translation>
            <numerusform>%n exception</numerusform>
            <numerusform>%n exceptions</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::RunChooser</name>
    <message numerus="yes">
        <source>with %n more</source>
        <translation>
            <numerusform>with %n more</numerusform>
            <numerusform>with %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::RunsPanel</name>
    <message numerus="yes">
        <source>Delete %n runs with all their results?</source>
        <translation>
            <numerusform>Delete %n run with all its results?</numerusform>
            <numerusform>Delete %n runs with all their results?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::SeriesPlot</name>
    <message numerus="yes">
        <source>zero or below, %n marks</source>
        <translation>
            <numerusform>zero or below, %n mark</numerusform>
            <numerusform>zero or below, %n marks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::TokensView</name>
    <message numerus="yes">
        <source>%n items</source>
        <translation>
            <numerusform>%n item</numerusform>
            <numerusform>%n items</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>bitprism::TradeOffsView</name>
    <message numerus="yes">
        <source>%n runs are chosen</source>
        <translation>
            <numerusform>%n run is chosen</numerusform>
            <numerusform>%n runs are chosen</numerusform>
        </translation>
    </message>
</context>
</TS>
