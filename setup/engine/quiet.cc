// Linked into the binding: keeps TensorFlow from writing to the terminal while it is loaded.
//
// TensorFlow obeys TF_CPP_MIN_LOG_LEVEL, but a few messages are logged by its libraries' own initialisation, before it has
// read it. This library is initialised before them and sets the level of the logging library (Abseil) that is in them.
// A TensorFlow with another version of Abseil is as talkative as before, and otherwise unaffected: the symbol is weak.

extern "C" char* getenv(const char*);

namespace absl {
inline namespace lts_20250814 {
enum class LogSeverityAtLeast : int { kInfo = 0, kWarning = 1 };
__attribute__((weak)) void SetMinLogLevel(LogSeverityAtLeast);
}  // namespace lts_20250814
}  // namespace absl

__attribute__((constructor)) static void quiet() {
  const char* level = getenv("TF_CPP_MIN_LOG_LEVEL");
  const bool wanted = level != nullptr && level[0] == '0';
  if (absl::SetMinLogLevel && !wanted) absl::SetMinLogLevel(absl::LogSeverityAtLeast::kWarning);
}
