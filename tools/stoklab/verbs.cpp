#include <array>

#include "verb.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

namespace {

constexpr std::array kVerbs = {
    Verb{.name = "emulate",
         .summary = "is a camera",
         .example = "stoklab emulate --port 8443 --port-file port\n"
                    "stoklab emulate --explain",
         .declare = declareEmulate},
    Verb{.name = "challenge",
         .summary = "shows the challenge of a device; no login",
         .example = "stoklab challenge --target https://127.0.0.1:8443",
         .declare = declareChallenge},
    Verb{.name = "login",
         .summary = "logs in once; says group and lifetime",
         .example = "STOKLAB_PASSWORD=secret stoklab login --target https://127.0.0.1:8443",
         .declare = declareLogin},
    Verb{.name = "get",
         .summary = "reads settings",
         .example = "stoklab get image.switch OSD.date --target https://127.0.0.1:8443\n"
                    "stoklab get image.switch.flicker --format json",
         .declare = declareGet},
    Verb{.name = "set",
         .summary = "changes settings",
         .example = "stoklab set image.switch.pre_night_vision_mode=auto_ir\n"
                    "stoklab set image.switch.flicker=50hz audio_config.speaker.volume:=80",
         .declare = declareSet},
    Verb{.name = "do",
         .summary = "performs an action",
         .example = "stoklab do msg_alarm.manual_msg_alarm action=start",
         .declare = declareDo},
    Verb{.name = "add",
         .summary = "adds a row to a table",
         .example = "stoklab add user_management.admin admin_2 username=guard comment=gate",
         .declare = declareAdd},
    Verb{.name = "delete",
         .summary = "deletes rows of a table",
         .example = "stoklab delete user_management admin_2",
         .declare = declareDelete},
    Verb{.name = "raw",
         .summary = "sends a body as it is",
         .example = R"(stoklab raw '{"method":"get","image":{"name":"switch"}}')"
                    "\nstoklab raw - <request.json",
         .declare = declareRaw},
    Verb{.name = "modules",
         .summary = "lists what a device offers; reads only",
         .example = "stoklab modules --target https://127.0.0.1:8443",
         .declare = declareModules},
    Verb{.name = "capture",
         .summary = "records what a client and a device say to each other",
         .example = "stoklab capture --target https://127.0.0.1:8443 --out trace.json",
         .declare = declareCapture},
    Verb{.name = "dump",
         .summary = "walks over a device, only reading, and makes a profile of it",
         .example = "stoklab dump --target https://127.0.0.1:8443 --out c350.json\n"
                    "stoklab dump --target https://127.0.0.1:8443 --out profiles/ --rate 2",
         .declare = declareDump},
    Verb{.name = "conform",
         .summary = "judges a device",
         .example = "stoklab conform\n"
                    "stoklab conform --select AUTH- --report junit=report.xml\n"
                    "stoklab conform --target https://127.0.0.1:8443 --allow reversible\n"
                    "stoklab conform --target https://127.0.0.1:8443 --restore",
         .declare = declareConform},
    Verb{.name = "check",
         .summary = "asks another firmware what a client has asked, and says what fails",
         .example = "stoklab check --client-trace client_trace.json --profile after.json",
         .declare = declareCheck},
    Verb{.name = "diff",
         .summary = "says what differs between two firmwares, and whether it matters",
         .example =
             "stoklab diff c350_hw1.0_fw2.3.2 c350_after.json\n"
             "stoklab diff before.json after.json --used-by client_trace.json\n"
             "stoklab diff before.json https://127.0.0.1:8443 --format html --out drift.html",
         .declare = declareDiff},
    Verb{.name = "explain",
         .summary = "says what a requirement, a code, a rule or a fault means",
         .example = "stoklab explain -40404\nstoklab explain AUTH-CHALLENGE-STATUS\n"
                    "stoklab explain field-removed",
         .declare = declareExplain},
    Verb{.name = "profile",
         .summary = "the device profiles that ship",
         .example = "stoklab profile list\nstoklab profile show c350_hw1.0_fw2.3.2",
         .declare = declareProfile},
    Verb{.name = "trace",
         .summary = "recorded conversations: fixtures made of what a browser saw",
         .example = "stoklab trace fmt --check my_trace.json",
         .declare = declareTrace},
    Verb{.name = "ready",
         .summary = "waits for an emulator",
         .example = "stoklab ready --port-file port --wait --timeout 5",
         .declare = declareReady},
    Verb{.name = "version",
         .summary = "versions, build, disclaimer",
         .example = "stoklab version --format json",
         .declare = declareVersion},
};

}  // namespace

std::span<const Verb> verbs() { return kVerbs; }

}  // namespace stoklab::cli
