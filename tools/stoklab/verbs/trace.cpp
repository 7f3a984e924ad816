// "stoklab trace ...": a table of verbs within the verb, each in a file trace_<name>.cpp.
#include <array>

#include "nested_verbs.h"
#include "verbs/declarations.h"
#include "verbs/trace_verbs.h"

namespace stoklab::cli {

namespace {

constexpr std::array kTraceVerbs = {
    Verb{.name = "import",
         .summary = "makes a trace of what a browser or a proxy exported",
         .example =
             "stoklab trace import camera.har --out camera.json\n"
             "stoklab trace import commands.txt --format-in curl --out camera.json\n"
             "stoklab trace import camera.har --keep \"system.sys.dev_alias=a made-up name\"",
         .declare = declareTraceImport},
    Verb{.name = "export",
         .summary = "writes a trace for other tools to read",
         .example = "stoklab trace export --har camera.json --out camera.har\n"
                    "stoklab trace export --har camera.json --origin https://192.0.2.7",
         .declare = declareTraceExport},
    Verb{.name = "fmt",
         .summary = "brings traces into the form that is kept under version control",
         .example = "stoklab trace fmt my_trace.json\n"
                    "stoklab trace fmt --check fixtures/traces/*.json",
         .declare = declareTraceFmt},
    Verb{.name = "lint",
         .summary = "finds what looks alive in fixtures, and what is wrong with traces",
         .example = "stoklab trace lint my_trace.json\n"
                    "stoklab trace lint fixtures",
         .declare = declareTraceLint},
    Verb{.name = "show",
         .summary = "a trace as a conversation, for people",
         .example = "stoklab trace show my_trace.json\n"
                    "stoklab trace show my_trace.json --bodies",
         .declare = declareTraceShow},
    Verb{.name = "stats",
         .summary = "what a trace holds, in numbers",
         .example = "stoklab trace stats my_trace.json --format json",
         .declare = declareTraceStats},
    Verb{.name = "verify",
         .summary = "asks a device again what a trace has read, and compares the answers",
         .example = "stoklab trace verify --target https://127.0.0.1:8443 my_trace.json",
         .declare = declareTraceVerify},
};

}  // namespace

Run declareTrace(CLI::App& command, Console& console) {
  return declareNested(command, console, "trace", kTraceVerbs);
}

}  // namespace stoklab::cli
