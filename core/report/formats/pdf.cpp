// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/content.h"
#include "core/report/numbers.h"
#include "core/report/pdf/pdf_document.h"
#include "core/report/pdf/pdf_layout.h"
#include "core/report/reporter.h"

namespace bitprism {

namespace {

/// Pages to print and to file: vector charts, contents, page numbers; written without a display.
class PdfReporter final : public Reporter
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::reporter, "pdf", BITPRISM_TR("Component", "PDF"), "PDF 1.4", {}};
    }
    explicit PdfReporter(const Params &) { }

    void write(const ReportModel &model, io::ByteSink &sink) const override
    {
        const pdf::Layout layout = pdf::layOut(report::reportContent(model),
                                               model.title + ", " + numbers::moment(model.created)
                                                   + ", Bitprism " + model.version);
        pdf::writeDocument(layout.pages, layout.outline, model.title, model.created, sink);
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, pdf, PdfReporter);

} // namespace bitprism
