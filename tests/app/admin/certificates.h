// Certificates: an authority, a server's certificate for 127.0.0.1 and a client's, made for one
// test in a folder that goes with it.
//
// One test's own thread. Valid for an hour.
#pragma once

#include <filesystem>
#include <string>

namespace tests {

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // "authority.pem", "server.pem", "server.key", "client.pem", "client.key", and "stranger.pem" and
  // "stranger.key", which another authority has signed.
  std::string file(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace tests
