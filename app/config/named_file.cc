#include "app/config/named_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/byte_text.h"

namespace app {

namespace {

base::Error cannot(int reason) {
  return base::Error{"cannot be read: " + std::generic_category().message(reason)};
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

base::Result<std::string> read_named_file(const std::string& path, std::size_t bytes_max) {
  const OpenFile file(path);
  if (file.descriptor() < 0) return cannot(errno);
  struct stat status{};
  if (fstat(file.descriptor(), &status) != 0) return cannot(errno);
  if (S_ISDIR(status.st_mode)) return cannot(EISDIR);
  std::string content;
  content.resize(bytes_max + 1);
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = read(file.descriptor(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot(errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > bytes_max) {
    return base::Error{"has more than " + base::format_byte_count(bytes_max)};
  }
  content.resize(size);
  return content;
}

}  // namespace app
