//! What is typed into a session that wants to break it: each entry ends, and the session goes on.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Instant;

use crate::kit::Kit;

/// Types lines into a session, and tells all that it shows.
fn type_in(kit: &Kit, arguments: &[&str], lines: &[u8]) -> String {
    let mut child = kit
        .command(&[&["repl"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines = lines.to_owned();
    let typing = std::thread::spawn(move || input.write_all(&lines).ok());
    let output = child.wait_with_output().unwrap();
    typing.join().unwrap();
    kit.told(&output)
}

fn shop() -> Kit {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --amount 12800 --on 2024-01-15");
    kit.done("score");
    kit
}

#[test]
fn what_the_host_does_for_a_line_counts_for_its_time() {
    let kit = shop();
    for line in [
        "while true do pack('rfm').score(c) end",
        "while true do pcall(pack('rfm').score, c) end",
        "while true do kehu.customers{ columns = 'all' } end",
        "while true do pcall(kehu.customers, { where = ('id > 1 and '):rep(800) .. 'idd > 1' }) end",
        "while true do kehu.explain(c, 'rfm_recency') end",
    ] {
        let begin = Instant::now();
        let lines = format!("{line}\nprint('still here')\n");
        let told = type_in(&kit, &["--customer", "武汉钢铁", "--time", "300ms"], lines.as_bytes());
        assert!(told.contains("the script took more than 300 ms"), "{line}\n{told}");
        assert!(told.contains("still here\n"), "{line}\n{told}");
        assert!(begin.elapsed().as_secs() < 20, "{line}: {:?}", begin.elapsed());
    }
}

#[test]
fn tables_that_pass_for_rows_and_words_that_pass_for_commands_do_no_harm() {
    let kit = shop();
    kit.done("deal add 武汉钢铁 '二期'");
    let told = type_in(
        &kit,
        &[],
        b"m = getmetatable(kehu.gather(kehu.deals{ limit = 1 })[1])
setmetatable({ opened = 1e308 }, m)
setmetatable({ opened = -1e308 }, m), setmetatable({ opened = 0/0, id = '\\27[31m' }, m)
{ setmetatable({ opened = 1e308, id = 1e308, amount = 1e308 }, m) }
c = { id = 1, name = '\\27[31mEVIL' }
:customer
:why \x1b[31mtier
:doc \x1b[31mtier
:\x1b[31m
'\x00'
print('still here')
",
    );
    assert!(told.contains("9223372036854775807") && told.contains("still here\n"), "{told}");
    assert!(told.contains("EVIL") && !told.contains("panicked"), "{told}");
    let raw = told.chars().find(|each| each.is_control() && *each != '\n');
    assert_eq!(raw, None, "{told:?}");
}

#[test]
fn long_entries_are_read_in_time_and_not_told_whole() {
    let kit = Kit::new();
    let long = format!("x = {{\n{}}}\n#x\n:{}\n", "1,\n".repeat(60_000), "y".repeat(2_000_000));
    let begin = Instant::now();
    let told = type_in(&kit, &[], long.as_bytes());
    assert!(told.starts_with("60000\n") && told.len() < 20_000, "{}", told.len());
    assert!(begin.elapsed().as_secs() < 60, "{:?}", begin.elapsed());
}
