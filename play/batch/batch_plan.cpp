#include "play/batch/batch_plan.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "common/io/audio_file.h"

namespace aapp::play {
namespace {

namespace fs = std::filesystem;

// An input and its place below the output folder.
struct Found {
  fs::path input;
  fs::path relative;
};

struct Findings {
  std::vector<Found> found;
  std::size_t skipped = 0;
  bool from_folder = false;
};

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

// The same file whatever way it is written: links resolved as far as they exist.
fs::path identity(const fs::path& path) {
  std::error_code error;
  fs::path resolved = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : resolved;
}

Result<void> search_folder(const fs::path& folder, const fs::path& output, Findings& findings) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error), end;
  for (; !error && at != end; at.increment(error)) {
    // The output folder may lie inside: what an earlier run wrote is no input.
    if (at->is_directory() && (is_hidden(at->path()) || identity(at->path()) == output)) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && !is_hidden(at->path())) {
      files.push_back(at->path());
    }
  }
  if (error)
    return fail(ErrorCode::unreadable, "{}: cannot be searched: {}", folder.string(), error.message());
  std::sort(files.begin(), files.end());
  const std::size_t before = findings.found.size();
  for (const fs::path& file : files) {
    if (io::container_from_path(file.string())) {
      findings.found.push_back({file, file.lexically_relative(folder)});
    } else {
      ++findings.skipped;
    }
  }
  if (findings.found.size() > before) return {};
  return fail(ErrorCode::unreadable, "{}: holds no file with a known audio extension", folder.string());
}

std::vector<std::string> expand_pattern(const std::string& pattern) {
  glob_t matches{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &matches) == 0) {
    paths.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  }
  ::globfree(&matches);
  return paths;
}

Result<void> find_input(const std::string& input, const fs::path& output, Findings& findings) {
  std::error_code ignored;
  if (input != "-" && !fs::exists(input, ignored) && input.find_first_of("*?[") != std::string::npos) {
    const std::vector<std::string> matches = expand_pattern(input);
    if (matches.empty()) return fail(ErrorCode::unreadable, "{}: no file matches", input);
    findings.from_folder = true;
    for (const std::string& match : matches) {
      if (auto found = find_input(match, output, findings); !found) return found;
    }
    return {};
  }
  if (fs::is_directory(input, ignored)) {
    findings.from_folder = true;
    return search_folder(input, output, findings);
  }
  if (input != "-" && !fs::exists(input, ignored)) {
    return fail(ErrorCode::unreadable, "{}: cannot be opened: No such file or directory", input);
  }
  findings.found.push_back({input, input == "-" ? fs::path("stdin.wav") : fs::path(input).filename()});
  return {};
}

bool goes_into_folder(const PlanOptions& options, const Findings& findings) {
  std::error_code ignored;
  return findings.from_folder || findings.found.size() > 1 || options.output.ends_with('/') ||
         fs::is_directory(options.output, ignored);
}

fs::path with_container(fs::path path, const std::string& container) {
  if (!container.empty()) path.replace_extension(io::container_extension(container));
  return path;
}

Result<void> check_output_name(const PlanOptions& options) {
  if (options.output == "-" || options.container.empty()) return {};
  const Result<std::string> named = io::container_from_path(options.output);
  if (!named || *named == options.container) return {};
  return fail(ErrorCode::usage, "{}: --format is {}, but the extension says {}; make them agree",
              options.output, options.container, *named);
}

Result<std::vector<Job>> name_outputs(const PlanOptions& options, const Findings& findings) {
  std::vector<Job> jobs;
  if (!goes_into_folder(options, findings)) {
    if (auto checked = check_output_name(options); !checked) return tl::unexpected(checked.error());
    jobs.push_back({findings.found.front().input.string(), options.output});
    return jobs;
  }
  if (options.output == "-") {
    return fail(ErrorCode::usage,
                "-: standard output takes one file, but there are {} inputs; name a folder with -o",
                findings.found.size());
  }
  if (std::error_code ignored;
      fs::exists(options.output, ignored) && !fs::is_directory(options.output, ignored)) {
    return fail(ErrorCode::usage, "{}: is a file, but {} inputs need a folder; name one with -o",
                options.output, findings.found.size());
  }
  for (const Found& found : findings.found) {
    const fs::path output = fs::path(options.output) / with_container(found.relative, options.container);
    Job job{found.input.string(), output.string()};
    if (std::find(jobs.begin(), jobs.end(), job) == jobs.end()) jobs.push_back(std::move(job));
  }
  return jobs;
}

Result<void> check_collisions(const std::vector<Job>& jobs) {
  std::map<fs::path, const Job*> inputs, outputs;
  for (const Job& job : jobs) inputs.emplace(identity(job.input), &job);
  for (const Job& job : jobs) {
    if (job.output == "-") continue;
    const fs::path output = identity(job.output);
    if (inputs.contains(output)) {
      return fail(ErrorCode::usage,
                  "{}: is an input and would be replaced by its own result; choose another -o", job.output);
    }
    const auto [first, fresh] = outputs.emplace(output, &job);
    if (!fresh) {
      return fail(ErrorCode::usage,
                  "{}: both {} and {} would be written there; rename one or process them apart", job.output,
                  first->second->input, job.input);
    }
  }
  return {};
}

// Folders below the output folder are made when needed; the folder of a single output file must be there.
Result<void> check_existing(const std::vector<Job>& jobs, bool into_folder, Overwrite overwrite) {
  for (const Job& job : jobs) {
    std::error_code ignored;
    if (job.output == "-" || (into_folder && !fs::exists(job.output, ignored))) continue;
    if (auto checked = check_target(job.output, overwrite); !checked) return checked;
  }
  return {};
}

}  // namespace

Result<BatchPlan> make_plan(const PlanOptions& options) {
  if (options.inputs.empty()) return fail(ErrorCode::usage, "no input; name files or folders");
  if (options.output.empty()) return fail(ErrorCode::usage, "no output; name a file or a folder with -o");
  Findings findings;
  for (const std::string& input : options.inputs) {
    if (auto found = find_input(input, identity(options.output), findings); !found) {
      return tl::unexpected(found.error());
    }
  }
  auto jobs = name_outputs(options, findings);
  if (!jobs) return tl::unexpected(jobs.error());
  if (auto checked = check_collisions(*jobs); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_existing(*jobs, goes_into_folder(options, findings), options.overwrite); !checked)
    return tl::unexpected(checked.error());
  return BatchPlan{.jobs = std::move(*jobs), .skipped = findings.skipped};
}

}  // namespace aapp::play
