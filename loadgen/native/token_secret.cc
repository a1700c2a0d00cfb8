#include "loadgen/native/token_secret.h"

#include <cstdlib>
#include <fstream>

namespace loadgen {

namespace {

constexpr const char* kVariable = "MILLRACE_LOAD_TOKEN_SECRET";

base::Result<std::string> read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string secret(kTokenSecretBytesMax + 1, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  if (!file.is_open() || file.bad()) {
    return base::Error{"--token-secret-file " + name + ": cannot be read"};
  }
  secret.resize(static_cast<std::size_t>(file.gcount()));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  return secret;
}

}  // namespace

base::Result<std::string> read_token_secret(const std::string& file) {
  if (!file.empty()) {
    auto secret = read_file(file);
    if (!secret.ok()) return secret.error();
    const bool fits = !secret.value().empty() && secret.value().size() <= kTokenSecretBytesMax;
    if (!fits) return base::Error{"--token-secret-file " + file + ": must hold a secret"};
    return secret;
  }
  const char* secret = std::getenv(kVariable);  // NOLINT(concurrency-mt-unsafe)
  if (secret == nullptr || *secret == '\0') {
    return base::Error{
        "the secret of the gateway's tokens is missing: give --token-secret-file, "
        "or set MILLRACE_LOAD_TOKEN_SECRET"};
  }
  return std::string(secret);
}

}  // namespace loadgen
