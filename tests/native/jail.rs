//! What a plugin may not do: it is ended, and told by what it tried and at which customer.

use kehu_contract::ColumnData;
use kehu_native::{Isolation, OnCrash};

use super::kit::{Bench, at_row, changed, factory, refusal, said, score, scorer};

const HEADERS: &str = "#include <sys/socket.h>\n#include <sys/ptrace.h>\n#include <sys/mman.h>\n#include <sys/stat.h>\n#include <fcntl.h>\n#include <spawn.h>\n#include <time.h>\n#include <pthread.h>\n#include <sys/syscall.h>\n";

/// A plugin in which this happens at C-105, who has 39 days of silence.
fn at_39(code: &str) -> String {
    HEADERS.to_owned() + &at_row(&format!("if (days == 39) {{ {code} }}"))
}

#[test]
fn what_no_plugin_may_is_told_by_its_name_and_customer() {
    let bench = Bench::new();
    let cases = [
        ("socket", "socket(AF_INET, SOCK_STREAM, 0);", "open a network connection (socket)"),
        (
            "pair",
            "int p[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, p);",
            "open a network connection (socketpair)",
        ),
        ("reads", "fopen(\"/etc/passwd\", \"r\");", "open the file /etc/passwd"),
        ("writes", "fopen(\"/tmp/kehu-must-not\", \"w\");", "open the file /tmp/kehu-must-not"),
        (
            "odd",
            "open(\"list\\n\\033[2J 客户\", O_RDONLY);",
            "open the file list\\n\\u{1b}[2J 客户",
        ),
        ("removes", "unlink(\"/tmp/kehu-must-not\");", "change files (unlink)"),
        ("program", "execl(\"/bin/true\", \"true\", NULL);", "start a program (execve)"),
        ("child", "syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);", "start a process (clone)"),
        ("fork", "fork();", "start a process"),
        ("system", "system(\"true\");", "start a process"),
        ("trace", "ptrace(PTRACE_ATTACH, getppid(), 0, 0);", "reach into another process (ptrace)"),
        ("kills", "kill(getppid(), SIGTERM);", "reach into another process (kill)"),
        (
            "shares",
            "mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);",
            "share memory with others (mmap)",
        ),
        ("unheard", "syscall(1023);", "make system call 1023"),
    ];
    for (name, code, expected) in cases {
        let told = said(&bench, name, &at_39(code));
        let begin = "pack fixture, score, customer C-105: runtime error: the plugin tried to ";
        assert!(told.starts_with(&format!("{begin}{expected}")), "{name}: {told}");
        assert!(told.ends_with(", which no plugin may"), "{name}: {told}");
    }
}

#[test]
fn a_plugin_that_hides_what_it_tries_gains_nothing() {
    let bench = Bench::new();
    let cases = [
        ("handles", "signal(SIGSYS, SIG_IGN); socket(AF_INET, SOCK_STREAM, 0);"),
        (
            "blocks",
            "sigset_t all; sigfillset(&all); sigprocmask(SIG_BLOCK, &all, NULL); socket(AF_INET, SOCK_STREAM, 0);",
        ),
        ("silent", "close(2); socket(AF_INET, SOCK_STREAM, 0);"),
    ];
    for (name, code) in cases {
        let told = said(&bench, name, &at_39(code));
        assert_eq!(
            told,
            "pack fixture, score, customer C-105: runtime error: the plugin tried to start a process, or another thing by the system, which no plugin may",
            "{name}"
        );
    }
}

/// Libraries look into these by themselves, and do without.
#[test]
fn what_libraries_try_on_the_side_is_answered_with_no() {
    let bench = Bench::new();
    let code = "time_t now = 0; struct tm *local = localtime(&now); FILE *maps = fopen(\"/proc/self/maps\", \"r\"); if (!local || local->tm_hour != 0 || maps || access(\"/bin/true\", X_OK) == 0 || getenv(\"HOME\")) abort();";
    assert_eq!(said(&bench, "quiet", &at_39(code)), "scored");
}

#[test]
fn threads_are_allowed_up_to_a_number() {
    let bench = Bench::new();
    let threads = "static void *rest(void *none) { for (;;) pause(); }\nstatic void *end(void *none) { return none; }\nstatic int32_t score(";
    let few = "pthread_t all[40]; for (int i = 0; i < 40; i++) if (pthread_create(&all[i], &small, end, NULL)) abort(); for (int i = 0; i < 40; i++) pthread_join(all[i], NULL);";
    let many = "pthread_t one; for (int i = 0; i < 100; i++) if (pthread_create(&one, &small, rest, NULL)) abort(); for (;;) pause();";
    for (name, code, expected) in [
        ("few", few, "scored"),
        (
            "many",
            many,
            "pack fixture, score, customer C-105: runtime error: the plugin started more than 64 threads, which no plugin may",
        ),
    ] {
        let small = "pthread_attr_t small; pthread_attr_init(&small); pthread_attr_setstacksize(&small, 65536);";
        let source = at_39(&format!("{small} {code}")).replace("static int32_t score(", threads);
        assert_eq!(said(&bench, name, &source), expected, "{name}");
    }
}

#[test]
fn memory_that_counts_for_no_limit_cannot_be_had() {
    let bench = Bench::new();
    let code = "for (int i = 0; i < 3000; i++) { char *more = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); if (more == MAP_FAILED) { call->fail(call->context, row, \"no memory\", 9); return KEHU_FAILED; } memset(more, 1, 1 << 20); }";
    assert!(said(&bench, "maps", &at_39(code)).ends_with("no memory"));
    let code = "if (syscall(SYS_memfd_create, \"x\", 0) >= 0) abort();";
    assert!(
        said(&bench, "files", &at_39(code)).contains("share memory with others (memfd_create)")
    );
}

#[test]
fn code_that_runs_while_the_library_is_loaded_is_confined_as_well() {
    let bench = Bench::new();
    let with = |name: &str, code: &str| {
        let early = format!("__attribute__((constructor)) static void early(void) {{ {code} }}");
        refusal(&bench.compile(name, &(HEADERS.to_owned() + &changed(&[]) + &early)))
    };
    assert_eq!(
        with("socket", "socket(AF_INET, SOCK_STREAM, 0);"),
        "while it was loaded, it tried to open a network connection (socket), which no plugin may"
    );
    assert_eq!(
        with("writes", "open(\"/tmp/kehu-must-not\", O_CREAT | O_WRONLY, 0600);"),
        "while it was loaded, it tried to open the file /tmp/kehu-must-not, which no plugin may"
    );
    // Reading is open to the loader until then, where the kernel knows folders (Landlock) only theirs.
    let knows = bench.program(
        "knows",
        "#include <unistd.h>\n#include <sys/syscall.h>\nint main(void) { return syscall(444, 0, 0, 1) < 1; }",
    );
    if std::process::Command::new(knows).status().unwrap().success() {
        bench.program("list", "int main(void) { return 0; }");
        let list = bench.path("list").display().to_string();
        let read = format!(
            "if (open(\"{list}\", O_RDONLY) >= 0 || open(\"/etc/passwd\", O_RDONLY) >= 0) abort();"
        );
        assert_eq!(with("reads", &read), "taken");
    }
    let keeps =
        "pthread_t one; pthread_create(&one, NULL, later, NULL); }\nstatic void none(void) {";
    let later = "static void *later(void *none) { usleep(200000); socket(AF_INET, SOCK_STREAM, 0); return none; }\nstatic int32_t score(";
    let source = HEADERS.to_owned()
        + &scorer("usleep(2000000);", "", "").replace("static int32_t score(", later)
        + &format!("__attribute__((constructor)) static void early(void) {{ {keeps} }}");
    let path = bench.compile("later", &source);
    let told = score(&factory(&path, OnCrash::Fail, Isolation::Worker), &[31.0]).unwrap_err();
    assert!(told.to_string().contains("open a network connection (socket)"), "{told}");
}

#[test]
fn libraries_of_the_system_are_found_and_exceptions_are_caught() {
    let bench = Bench::new();
    let source = at_row("try { if (days == 39) throw std::string(\"three\"); } catch (const std::string &) { days += 1; }")
        .replace("#define _GNU_SOURCE", "#include <string>")
        .replace(
            "const kehu_entry *kehu_plugin_entry_v1(void)",
            "extern \"C\" const kehu_entry *kehu_plugin_entry_v1(void)",
        );
    let path = bench.compile_with("c++", &["-std=c++11", "-x", "c++"], "catches", &source);
    let scored = score(&factory(&path, OnCrash::Fail, Isolation::Worker), &[39.0]).unwrap();
    assert_eq!(scored.data, ColumnData::Number(vec![10.0]));
}

#[test]
fn a_call_in_process_may_look_whether_it_is_to_stop() {
    let bench = Bench::new();
    let path = bench.compile("looks", &at_row("if (*call->cancel) abort();"));
    let scored = score(&factory(&path, OnCrash::Fail, Isolation::InProcess), &[39.0]).unwrap();
    assert_eq!(scored.data, ColumnData::Number(vec![9.0]));
}
