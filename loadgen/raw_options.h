// RawOptions: what the flags of the command line said, as text, before any of it is believed.
//
// declare_scenarios() tells the parser of every scenario, its flags and their help; command_line.cc
// then gives them their meaning. Used once at start, on the main thread.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "loadgen/load_options.h"

namespace loadgen {

// Of a class of the mixed scenario.
struct RawClass {
  std::uint64_t rooms = 1;
  std::uint64_t members = 1;
  std::string rate;
  std::string size;
};

// Of the native scenario.
struct RawNative {
  std::uint64_t rooms = 30;
  std::uint64_t members = 30;
  std::uint64_t rooms_each = 3;
  std::uint64_t publishers = 1;
  std::uint64_t tenants = 3;
  std::string rate = "1000";
  double acks = 0.1;
  double receipts = 0.01;
  bool near = true;
  std::string secret_file;
};

struct RawOptions {
  ScenarioKind scenario = ScenarioKind::echo;
  std::string url;
  std::uint64_t connections = 100;
  std::uint64_t rooms = 1;
  std::uint64_t members = 100;
  std::uint64_t rooms_each = 1;
  std::uint64_t publishers = 1;
  RawClass chat{.rooms = 50, .members = 4, .rate = "200", .size = "64..512"};
  RawClass market{.rooms = 2, .members = 100, .rate = "500", .size = "128"};
  RawClass presence{.rooms = 1, .members = 200, .rate = "20", .size = "64"};
  RawNative native;
  std::uint64_t slow = 1;
  std::string churn;
  std::string leave = "60:30:10";
  std::uint64_t bystanders = 1000;
  std::string drop = "client";
  std::string backoff = "100ms";
  std::string backoff_cap = "10s";
  bool ramp = false;
  std::string ramp_of = "room";
  std::string rate_from = "100";
  std::string rate_to = "10M";
  double growth = 2;
  double precision = 5;
  std::string step = "3s";
  std::string rate;
  std::string arrivals = "constant";
  bool deliveries = false;
  std::uint64_t in_flight = 1;
  std::string size = "64";
  bool hold = false;
  std::string warm_up;  // Empty: as the scenario wants it.
  std::string duration = "10s";
  std::string drain_timeout = "10s";
  std::string gather = "0s";
  std::uint64_t connect_in_progress = 128;
  std::string connect_rate;
  std::string connect_timeout = "30s";
  std::uint64_t spread = 1;
  std::uint64_t shards = 1;
  std::uint64_t processes = 1;
  std::string cpus;
  std::uint64_t seed = 1;
  std::int64_t server_pid = 0;
  std::vector<std::string> expectations;
  std::string json_file;
  std::string html_file;
  bool quiet = false;
};

// What is parsed goes to `raw`, which must live as long as `program`.
void declare_scenarios(CLI::App& program, RawOptions& raw);

}  // namespace loadgen
