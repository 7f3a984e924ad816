// The one file that calls OpenSSL for the login. EVP is used directly because Poco::Crypto 1.11 has
// no door to a SubjectPublicKeyInfo in DER and keeps no key context between operations, which
// dominates the cost of a login.
#include "stoklab/protocol/crypto.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>

namespace stoklab::protocol {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParametersPtr = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using DecoderPtr = std::unique_ptr<OSSL_DECODER_CTX, Freed<OSSL_DECODER_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytesOf(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest(const EVP_MD* kind, std::string_view text, std::string_view hex) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), sum.data(), &length, kind, nullptr) != 1)
    throw std::bad_alloc();  // nothing else can fail here
  std::string out;
  out.reserve(std::size_t{length} * 2);
  for (unsigned i = 0; i < length; ++i) {
    out += hex[sum[i] >> 4U];
    out += hex[sum[i] & 0xFU];
  }
  return out;
}

bool isBase64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

constexpr std::size_t kLongestDerHead = 6;  // of up to 4 GiB
constexpr char kInteger = 0x02;
constexpr char kBitString = 0x03;
constexpr char kSequence = 0x30;

// A DER element: its tag, its length, its content.
std::string derElement(char tag, std::string_view content) {
  std::string length;
  for (std::size_t rest = content.size(); rest > 0; rest >>= 8U)
    length.insert(length.begin(), static_cast<char>(rest & 0xFFU));
  if (length.empty()) length.push_back('\0');
  if (content.size() >= 0x80)
    length.insert(length.begin(), static_cast<char>(0x80U | length.size()));
  return std::string(1, tag).append(length).append(content);
}

// Takes the element that `der` begins with off it, and gives its content. std::out_of_range: it
// ends too early.
std::string_view takeDerElement(std::string_view& der) {
  std::size_t head = 2;
  std::size_t size = static_cast<unsigned char>(der.at(1));
  if (size >= 0x80) {
    head += size & 0x7FU;
    if (head > kLongestDerHead) throw std::out_of_range("DER");
    size = 0;
    for (std::size_t i = 2; i < head; ++i)
      size = size << 8U | static_cast<unsigned char>(der.at(i));
  }
  if (head + size > der.size()) throw std::out_of_range("DER");
  const std::string_view content = der.substr(head, size);
  der.remove_prefix(head + size);
  return content;
}

// What a device sends that writes the modulus without its sign byte (C7): the same with every
// length made to fit. `spki` is DER of ours. Empty if its modulus has no such byte.
std::string withoutSignByte(std::string_view spki) {
  std::string_view outer = takeDerElement(spki);
  const std::string algorithm = derElement(kSequence, takeDerElement(outer));
  std::string_view bits = takeDerElement(outer).substr(1);  // behind the count of unused bits
  std::string_view numbers = takeDerElement(bits);
  const std::string_view modulus = takeDerElement(numbers);
  if (modulus.empty() || modulus.front() != '\0') return {};
  const std::string key =
      derElement(kSequence, derElement(kInteger, modulus.substr(1)).append(numbers));
  return derElement(kSequence, algorithm + derElement(kBitString, std::string(1, '\0') + key));
}

// A positive number, most significant byte first and not zero.
std::string derInteger(std::string_view number) {
  const bool needsSign = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  return derElement(kInteger, (needsSign ? std::string(1, '\0') : std::string()).append(number));
}

// The numbers of a public key, without leading zero bytes.
struct RsaNumbers {
  std::string_view modulus, exponent;

  std::string spki() const {
    // rsaEncryption, without parameters.
    constexpr std::string_view kAlgorithm(
        "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 15);
    const std::string numbers =
        derElement(kSequence, derInteger(modulus).append(derInteger(exponent)));
    return derElement(
        kSequence,
        std::string(kAlgorithm).append(derElement(kBitString, std::string(1, '\0') + numbers)));
  }
};

std::string numberOf(const EVP_PKEY& key, const char* name) {
  BIGNUM* found = nullptr;
  if (EVP_PKEY_get_bn_param(&key, name, &found) != 1) throw std::bad_alloc();
  const NumberPtr owned(found);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(found)), '\0');
  BN_bn2bin(found, bytesOf(bytes));
  return bytes;
}

std::string spkiOf(const EVP_PKEY& key) {
  const std::string modulus = numberOf(key, OSSL_PKEY_PARAM_RSA_N);
  const std::string exponent = numberOf(key, OSSL_PKEY_PARAM_RSA_E);
  return RsaNumbers{modulus, exponent}.spki();
}

// From a SubjectPublicKeyInfo of an RSA key. What it takes for one need not be one: only who gets
// the same bytes from spki() knows. (OpenSSL's decoders take a quarter of a millisecond for this,
// which is a good part of a login.)
std::optional<RsaNumbers> rsaNumbersIn(std::string_view der) {
  // Even ones are of no RSA key.
  const auto isOdd = [](std::string_view number) {
    return !number.empty() && (static_cast<unsigned char>(number.back()) & 1U) != 0;
  };
  const auto positive = [](std::string_view number) {
    number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
    return number;
  };
  try {
    std::string_view outer = takeDerElement(der);
    takeDerElement(outer);  // the algorithm
    std::string_view bits = takeDerElement(outer).substr(1);
    std::string_view numbers = takeDerElement(bits);
    const RsaNumbers read{.modulus = positive(takeDerElement(numbers)),
                          .exponent = positive(takeDerElement(numbers))};
    if (isOdd(read.modulus) && isOdd(read.exponent)) return read;
  } catch (const std::out_of_range&) {
    // Its lengths do not fit its end.
  }
  return std::nullopt;
}

// A modulus without its leading zero byte is negative by the letter, and meant to be positive.
std::optional<SpkiForm> formOf(const RsaNumbers& numbers, std::string_view der) {
  const std::string strict = numbers.spki();
  if (der == strict) return SpkiForm::strict;
  if (der == withoutSignByte(strict)) return SpkiForm::withoutSignByte;
  return std::nullopt;
}

KeyPtr keyOf(const RsaNumbers& numbers) {
  const auto number = [](std::string_view bytes) {
    return NumberPtr(BN_bin2bn(bytesOf(bytes), static_cast<int>(bytes.size()), nullptr));
  };
  const NumberPtr modulus = number(numbers.modulus), exponent = number(numbers.exponent);
  const BuilderPtr builder(OSSL_PARAM_BLD_new());
  if (!modulus || !exponent || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    throw std::bad_alloc();
  const ParametersPtr parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const ContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return KeyPtr(key);
}

using Prepare = int (*)(EVP_PKEY_CTX*);

ContextPtr contextFor(EVP_PKEY* key, Prepare prepare) {
  ContextPtr context(EVP_PKEY_CTX_new(key, nullptr));
  if (!context || prepare(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1)
    throw std::bad_alloc();
  return context;
}

}  // namespace

std::string md5UpperHex(std::string_view text) {
  return digest(EVP_md5(), text, "0123456789ABCDEF");
}

std::string md5LowerHex(std::string_view text) {
  return digest(EVP_md5(), text, "0123456789abcdef");
}

std::string sha256Hex(std::string_view bytes) {
  return digest(EVP_sha256(), bytes, "0123456789abcdef");
}

std::string hmacSha256(std::string_view key, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytesOf(bytes), bytes.size(),
           bytesOf(out), &length) == nullptr)
    throw std::bad_alloc();  // nothing else can fail here
  out.resize(length);
  return out;
}

std::string randomBytes(std::size_t count) {
  std::string out(count, '\0');
  if (RAND_bytes(bytesOf(out), static_cast<int>(count)) != 1) std::abort();
  return out;
}

std::string base64Encode(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '\0');
  if (!out.empty()) EVP_EncodeBlock(bytesOf(out), bytesOf(bytes), static_cast<int>(bytes.size()));
  return out;
}

Result<std::string> base64Decode(std::string_view text) {
  const auto wrong = [] { return malformed("not base64"); };
  if (text.size() % 4 != 0) return wrong();
  if (text.empty()) return std::string();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  const auto body = text.substr(0, text.size() - padding);
  if (!std::all_of(body.begin(), body.end(), isBase64)) return wrong();
  std::string out(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(bytesOf(out), bytesOf(text), static_cast<int>(text.size())) < 0)
    return wrong();
  out.resize(out.size() - padding);
  return out;
}

bool sameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct RsaPublicKey::Key {
  KeyPtr key;
  SpkiForm form = SpkiForm::strict;
};

Result<RsaPublicKey> RsaPublicKey::parse(std::string_view base64Spki) {
  const auto der = base64Decode(base64Spki);
  if (!der) return malformed("the device's public key is not base64");
  const auto numbers = rsaNumbersIn(*der);
  const auto form = numbers ? formOf(*numbers, *der) : std::nullopt;
  KeyPtr key = form ? keyOf(*numbers) : nullptr;
  ERR_clear_error();
  if (!key)
    return malformed("the device's public key (" + std::to_string(der->size()) +
                     " bytes) is not the DER of an RSA key");
  return RsaPublicKey(std::make_shared<const Key>(Key{std::move(key), *form}));
}

SpkiForm RsaPublicKey::form() const { return key_->form; }

std::size_t RsaPublicKey::bits() const {
  return static_cast<std::size_t>(EVP_PKEY_get_bits(key_->key.get()));
}

Result<std::string> RsaPublicKey::encrypt(std::string_view text) const {
  const ContextPtr context = contextFor(key_->key.get(), EVP_PKEY_encrypt_init);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key_->key.get())), '\0');
  std::size_t length = out.size();
  const int done =
      EVP_PKEY_encrypt(context.get(), bytesOf(out), &length, bytesOf(text), text.size());
  ERR_clear_error();
  if (done != 1)
    return malformed("the text is too long for an RSA key of " + std::to_string(bits()) + " bits");
  out.resize(length);
  return out;
}

struct RsaPrivateKey::Key {
  KeyPtr key;
};

RsaPrivateKey RsaPrivateKey::generate(std::size_t bits) {
  KeyPtr key(EVP_RSA_gen(bits));
  if (!key) throw std::bad_alloc();
  return RsaPrivateKey(std::make_shared<const Key>(Key{std::move(key)}));
}

Result<RsaPrivateKey> RsaPrivateKey::parsePem(std::string_view pem) {
  // Told what to look for, OpenSSL takes a third of the time that PEM_read_bio_PrivateKey() does.
  EVP_PKEY* key = nullptr;
  const DecoderPtr decoder(OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, "RSA",
                                                         EVP_PKEY_KEYPAIR, nullptr, nullptr));
  if (!decoder) throw std::bad_alloc();
  OSSL_DECODER_CTX_set_pem_password_cb(
      decoder.get(), [](char*, int, int, void*) { return -1; }, nullptr);
  const unsigned char* at = bytesOf(pem);
  std::size_t left = pem.size();
  OSSL_DECODER_from_data(decoder.get(), &at, &left);
  ERR_clear_error();
  if (key == nullptr) return malformed("not the PEM of an RSA private key");
  return RsaPrivateKey(std::make_shared<const Key>(Key{KeyPtr(key)}));
}

std::string RsaPrivateKey::pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PrivateKey(bio.get(), key_->key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) != 1)
    throw std::bad_alloc();
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::size_t RsaPrivateKey::bits() const {
  return static_cast<std::size_t>(EVP_PKEY_get_bits(key_->key.get()));
}

std::string RsaPrivateKey::publicSpkiBase64(SpkiForm form) const {
  const std::string strict = spkiOf(*key_->key);
  return base64Encode(form == SpkiForm::strict ? strict : withoutSignByte(strict));
}

Result<std::string> RsaPrivateKey::decrypt(std::string_view ciphertext) const {
  // One context a thread, made anew only when the thread turns to another key. It holds a
  // reference to its key, so the address cannot be taken by a different one meanwhile.
  thread_local ContextPtr context;
  if (!context || EVP_PKEY_CTX_get0_pkey(context.get()) != key_->key.get())
    context = contextFor(key_->key.get(), EVP_PKEY_decrypt_init);
  std::string out(static_cast<std::size_t>(EVP_PKEY_get_size(key_->key.get())), '\0');
  std::size_t length = out.size();
  const int done = EVP_PKEY_decrypt(context.get(), bytesOf(out), &length, bytesOf(ciphertext),
                                    ciphertext.size());
  ERR_clear_error();
  if (done != 1 || length > out.size()) return malformed("the ciphertext does not fit the key");
  out.resize(length);
  return out;
}

}  // namespace stoklab::protocol
