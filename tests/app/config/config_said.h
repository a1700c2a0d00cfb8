// What operators say, for tests of the configuration: files, variables and flags that are gone when
// the test is over.
//
// One thread, because the environment is the process's. Files are in a directory of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config/options.h"

namespace app {

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~ConfigTest() override {
    for (const std::string& variable : variables_) unsetenv(variable.c_str());
    std::filesystem::remove_all(folder_);
  }

  // Returns its path.
  std::string write(const std::string& name, std::string_view content) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  void say(const std::string& variable, const std::string& value) {
    setenv(variable.c_str(), value.c_str(), 1);
    variables_.push_back(variable);
  }

  static std::variant<Options, Goodbye> parse(const std::vector<std::string>& flags) {
    std::vector<const char*> arguments{"millrace"};
    for (const std::string& flag : flags) arguments.push_back(flag.c_str());
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
  }
  static Options options_of(const std::vector<std::string>& flags) {
    auto parsed = parse(flags);
    if (const auto* goodbye = std::get_if<Goodbye>(&parsed)) {
      ADD_FAILURE() << goodbye->text;
      return {};
    }
    return std::get<Options>(std::move(parsed));
  }
  Options options_of_file(std::string_view toml) {
    return options_of({"--config", write("millrace.toml", toml)});
  }
  // The mistakes, a line each, with "FILE" for the file's path.
  std::string mistakes_of_file(std::string_view toml) {
    return mistakes_of({"--config", write("millrace.toml", toml)});
  }
  std::string mistakes_of(const std::vector<std::string>& flags) {
    const auto parsed = parse(flags);
    const auto* goodbye = std::get_if<Goodbye>(&parsed);
    if (goodbye == nullptr) return "none";
    EXPECT_EQ(goodbye->status, 2);
    std::string text = goodbye->text;
    replace_all(text, (folder_ / "millrace.toml").string(), "FILE");
    replace_all(text, folder_.string() + "/", "");
    replace_all(text, "millrace: ", "");
    return text;
  }
  static std::string report_of(const std::vector<std::string>& flags) {
    const auto parsed = parse(flags);
    const auto* goodbye = std::get_if<Goodbye>(&parsed);
    if (goodbye == nullptr) return "none";
    EXPECT_EQ(goodbye->status, 0) << goodbye->text;
    return goodbye->text;
  }

 private:
  static void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
      text.replace(at, from.size(), to);
    }
  }

  std::filesystem::path folder_;
  std::vector<std::string> variables_;
};

}  // namespace app
