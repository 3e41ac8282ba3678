// Runs pentimento-cli as a person would, in a process of its own.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace pentimento {

struct Outcome {
    int status = -1;  ///< exit status, or 128 + signal
    std::string out, err;
};

/// `interrupt_when`: asked every 50 ms; once true, the process gets SIGINT.
inline Outcome run_cli(const std::vector<std::string>& arguments, const std::filesystem::path& home,
                       const std::function<bool()>& interrupt_when = {}) {
    const auto out_path = home / "stdout.txt", err_path = home / "stderr.txt";
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("PENTIMENTO_HOME", home.c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (home / "cache").c_str(), 1);
        const int out = ::open(out_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        const int err = ::open(err_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
        ::dup2(out, 1);
        ::dup2(err, 2);
        std::vector<char*> argv{const_cast<char*>(PENTIMENTO_CLI)};
        for (const std::string& argument : arguments)
            argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        ::execv(PENTIMENTO_CLI, argv.data());
        ::_exit(127);
    }
    int status = 0;
    bool sent = false;
    while (::waitpid(child, &status, interrupt_when && !sent ? WNOHANG : 0) == 0) {
        if (interrupt_when()) {
            ::kill(child, SIGINT);
            sent = true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const auto text = [](const std::filesystem::path& path) {
        std::ifstream file(path);
        std::ostringstream all;
        all << file.rdbuf();
        return all.str();
    };
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), text(out_path),
            text(err_path)};
}

}  // namespace pentimento
