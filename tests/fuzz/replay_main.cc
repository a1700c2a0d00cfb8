// Runs a fuzz target over every file of the folders named on the command line: the seed corpus and
// every past crash are ordinary tests. A folder without a file is a mistake and fails.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::uint8_t> input(content.begin(), content.end());
  std::fprintf(stderr, "%s: %zu bytes\n", path.c_str(), input.size());
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

int replay_folder(const std::filesystem::path& folder) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    replay(entry.path());
    ++count;
  }
  return count;
}

}  // namespace

int main(int argument_count, char** arguments) {
  int count = 0;
  for (int i = 1; i < argument_count; ++i) {
    const int found = replay_folder(arguments[i]);
    if (found == 0) {
      std::fprintf(stderr, "%s: no file to replay\n", arguments[i]);
      return 1;
    }
    count += found;
  }
  std::fprintf(stderr, "%d inputs replayed\n", count);
  return count > 0 ? 0 : 1;
}
