#include "app/auth/pem_keys.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <string>

#include "app/auth/openssl_handle.h"
#include "app/auth/public_key.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

base::Error error(std::string text) {
  ERR_clear_error();
  return base::Error{std::move(text)};
}

// One block as PEM_read_bio() gives it, in three pieces that are ours to free.
struct Block {
  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    // It may have been a private key, put here by mistake.
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }

  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
};

KeyHandle decode(const Block& block) {
  const unsigned char* data = block.data;
  const std::string_view name(block.name);
  if (name == PEM_STRING_PUBLIC) return KeyHandle(d2i_PUBKEY(nullptr, &data, block.size));
  if (name == PEM_STRING_RSA_PUBLIC) {
    return KeyHandle(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &data, block.size));
  }
  const CertificateHandle certificate(d2i_X509(nullptr, &data, block.size));
  return KeyHandle(certificate == nullptr ? nullptr : X509_get_pubkey(certificate.get()));
}

base::Result<Key> read_block(const Block& block) {
  const std::string_view name(block.name);
  if (name.find("PRIVATE KEY") != std::string_view::npos) {
    return error(
        "is a private key: give the gateway the public half only, and renew the pair if "
        "others could read it");
  }
  if (name != PEM_STRING_PUBLIC && name != PEM_STRING_RSA_PUBLIC && name != PEM_STRING_X509) {
    return error(fmt::format("is of type '{}'; public keys and certificates are read", name));
  }
  const KeyHandle key = decode(block);
  if (key == nullptr) return error(fmt::format("does not hold a valid '{}'", name));
  base::Result<Key> read = key_of(key.get());
  if (!read.ok()) return error("is " + read.error().message);
  return read;
}

}  // namespace

base::Result<std::vector<Key>> read_pem_keys(std::string_view pem) {
  if (pem.size() > kKeySetBytesMax) {
    return error(fmt::format("the text of the keys has more than {} bytes", kKeySetBytesMax));
  }
  const BioHandle text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (text == nullptr) return error("the text of the keys cannot be read");
  std::vector<Key> keys;
  while (true) {
    Block block;
    if (PEM_read_bio(text.get(), &block.name, &block.header, &block.data, &block.size) != 1) break;
    if (keys.size() == kKeySetKeysMost) {
      return error(fmt::format("there are more than {} keys", kKeySetKeysMost));
    }
    base::Result<Key> key = read_block(block);
    if (!key.ok()) {
      return error(fmt::format("PEM block {} {}", keys.size() + 1, key.error().message));
    }
    keys.push_back(key.take());
  }
  // The end of the text is told as "no start line"; all else is a block that is cut or garbled.
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
    return error(fmt::format("PEM block {} is cut off or garbled", keys.size() + 1));
  }
  if (keys.empty()) return error("there is no PEM block: -----BEGIN PUBLIC KEY----- is missing");
  ERR_clear_error();
  return keys;
}

}  // namespace app
