#include <memory>
#include <string>
#include <utility>

#include "connection.h"
#include "failure.h"
#include "options.h"
#include "stoklab/protocol/crypto.h"
#include "stoklab/protocol/device_code.h"
#include "stoklab/protocol/secrets.h"
#include "verbs/declarations.h"

namespace stoklab::cli {

using protocol::Challenge;
using protocol::Json;

namespace {

// What is worth knowing about a key: its size, or why it is unusable.
std::string keyText(const std::string& key) {
  const auto parsed = protocol::RsaPublicKey::parse(key);
  if (!parsed) return "unusable: " + parsed.error().detail;
  const bool strict = parsed->form() == protocol::SpkiForm::strict;
  return "RSA, " + std::to_string(parsed->bits()) + " bits" +
         (strict ? "" : ", written without the sign byte of its modulus");
}

Json tlsDocument(const client::TlsFacts& facts) {
  return Json::object({{"version", facts.version},
                       {"cipher", facts.cipher},
                       {"certificate_sha256", facts.certificateSha256},
                       {"subject", facts.subject},
                       {"issuer", facts.issuer},
                       {"not_before", facts.notBefore},
                       {"not_after", facts.notAfter}});
}

void printText(Console& console, const Challenge& challenge) {
  std::ostream& out = console.out;
  const auto line = [&out](std::string_view name, const std::string& value) {
    out << name << std::string(16 - name.size(), ' ') << value << "\n";
  };
  std::string types;
  for (const std::string& type : challenge.encryptTypes)
    types += (types.empty() ? "" : ", ") + type;
  line("code", protocol::describeDeviceCode(challenge.code));
  line("encrypt types", types);
  line("key", keyText(challenge.key));
  if (challenge.key2) line("second key", keyText(*challenge.key2));
  line("nonce", std::to_string(challenge.nonce.size()) + " characters");
  if (challenge.md5EncryptType) line("md5 type", *challenge.md5EncryptType);
  line("passwdType", challenge.passwdType.value_or("none: orgAuthPwd"));
  if (challenge.attemptsLeft) {
    line("attempts left",
         std::to_string(*challenge.attemptsLeft) +
             (challenge.maxAttempts ? " of " + std::to_string(*challenge.maxAttempts)
                                    : std::string()));
  }
  if (challenge.lockedFor) {
    line("locked for", std::to_string(challenge.lockedFor->count()) + " s");
  }
}

void printTls(Console& console, const client::TlsFacts& facts) {
  console.out << "TLS             " << facts.version << ", " << facts.cipher << "\n"
              << "certificate     " << facts.subject << ", issued by " << facts.issuer << "\n"
              << "valid           " << facts.notBefore << " to " << facts.notAfter << "\n"
              << "SHA-256         " << facts.certificateSha256 << "\n";
}

ExitCode run(const ConnectionOptions& options, Console& console) {
  return withTransport(options, console, [&](client::HttpsTransport& transport) {
    client::Session session(transport, {});
    const auto challenge = session.challenge();
    if (!challenge) return report(console, challenge.error(), During::contact, "challenge");
    const auto& tls = transport.tlsFacts();
    if (console.format == Format::json) {
      Json document = Json::object(
          {{"challenge", protocol::redact(toJson(*challenge))}, {"key", keyText(challenge->key)}});
      if (tls) document.set("tls", tlsDocument(*tls));
      printDocument(console, document);
    } else {
      printText(console, *challenge);
      if (tls) printTls(console, *tls);
    }
    return ExitCode::asExpected;
  });
}

}  // namespace

Run declareChallenge(CLI::App& command, Console& console) {
  auto options = std::make_shared<ConnectionOptions>();
  addTargetOptions(command, *options);
  return [options, &console] { return run(*options, console); };
}

}  // namespace stoklab::cli
