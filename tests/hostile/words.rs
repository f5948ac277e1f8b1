//! What others wrote into packs, scripts and the names of their files: whatever it is, it is told within bounds,
//! and nothing of it steers the terminal.

use crate::kit::Kit;

const MAIN: &str = "return { score = function() return {} end }";

fn pack(kit: &Kit, manifest: &str) {
    kit.write("scripts/odd/pack.toml", manifest);
    kit.write("scripts/odd/main.lua", MAIN);
}

/// Turns the pack on, and no other.
fn turn_on(kit: &Kit) {
    let settings = std::fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    let on = settings.find("on = [").unwrap();
    let end = on + settings[on..].find(']').unwrap();
    kit.write("kehu.toml", &format!("{}on = [\"odd\"{}", &settings[..on], &settings[end..]));
}

/// Runs a command and sees that what it shows is bounded and harmless.
fn told(kit: &Kit, arguments: &[&str]) -> String {
    let output = kit.command(arguments).output().unwrap();
    assert!(matches!(output.status.code(), Some(0..=3)), "{arguments:?}: {:?}", output.status);
    let told = kit.told(&output);
    let raw = told.chars().find(|each| {
        (each.is_control() && *each != '\n') || matches!(each, '\u{202a}'..='\u{202e}')
    });
    assert_eq!(raw, None, "{arguments:?}: {told:?}");
    assert!(!told.contains("panicked"), "{told}");
    assert!(told.len() < 60_000, "{arguments:?} shows {} bytes", told.len());
    told
}

#[test]
fn a_manifest_cannot_steer_the_terminal() {
    let kit = Kit::shop();
    turn_on(&kit);
    let head = "name = \"odd\"\nversion = \"1.0\"\napi = \"0.1\"\n";
    let step = "[[step]]\nhook = \"score\"\n[step.gives.x]\ntype = \"number\"\n";
    let esc = "\\u001b[31m\\u009b\\u202e\\u0000\\nerror: forged";
    for manifest in [
        format!("name = \"{esc}\"\nversion = \"1.0\"\napi = \"0.1\"\n{step}"),
        format!("name = \"odd\"\nversion = \"{esc}\"\napi = \"0.1\"\n{step}"),
        format!("name = \"odd\"\nversion = \"1.0\"\napi = \"{esc}\"\n{step}"),
        format!("{head}title = \"{esc}\"\n{step}"),
        format!("{head}\"{esc}\" = 1\n{step}"),
        format!("{head}[[step]]\nhook = \"{esc}\"\n"),
        format!(
            "{head}[[step]]\nhook = \"score\"\nneeds = [\"{esc}\"]\n[step.gives.x]\ntype = \"number\"\n"
        ),
        format!("{head}{step}unit = \"{esc}\"\ndoc = \"{esc}\"\n"),
        format!("{head}{step}[settings.\"{esc}\"]\ntype = \"number\"\ndefault = 1\n"),
        format!("{head}{step}[settings.a]\ntype = \"{esc}\"\ndefault = 1\n"),
    ] {
        pack(&kit, &manifest);
        for arguments in [
            &["pack", "list"][..],
            &["pack", "check", "scripts/odd"],
            &["pack", "show", "odd"],
            &["score"],
        ] {
            let told = told(&kit, arguments);
            assert!(!told.contains("\nerror: forged"), "{manifest}\n{told}");
        }
    }
}

#[test]
fn a_manifest_of_endless_lines_is_told_within_bounds() {
    let kit = Kit::shop();
    turn_on(&kit);
    let head = "name = \"odd\"\nversion = \"1.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\n";
    let give = "[step.gives.x]\ntype = \"number\"\n";
    let many = |item: &str| item.repeat(240_000 / item.len());
    let optional = (0..18_000).map(|at| format!("\"n{at}?\", ")).collect::<Vec<_>>().concat();
    for manifest in [
        format!("{head}needs = [{}]\n{give}", many("\"recency_days\", ")),
        format!("{head}needs = [{}]\n{give}", many("\"No!\", ")),
        format!("{head}needs = [{optional} \"nowhere\"]\n{give}"),
        format!("{head}[step.gives.x]\ntype = \"label\"\nvalues = [{}]\n", many("{key=1},")),
        format!(
            "{head}{give}{}",
            (0..20_000).map(|at| format!("k{at} = 1\n")).collect::<Vec<_>>().concat()
        ),
        format!(
            "{head}{give}[settings]\n{}",
            (0..20_000).map(|at| format!("k{at} = 1\n")).collect::<Vec<_>>().concat()
        ),
        format!("{head}{give}x = \"{}\"\n", "y".repeat(300_000)),
    ] {
        pack(&kit, &manifest);
        for arguments in [&["pack", "check", "scripts/odd"][..], &["pack", "list"], &["score"]] {
            told(&kit, arguments);
        }
    }
}

#[test]
fn the_name_of_a_file_cannot_steer_the_terminal() {
    let kit = Kit::shop();
    turn_on(&kit);
    for name in ["no\u{1b}[31m.lua", "x\nerror: forged.lua", "r\r\u{202e}.lua"] {
        for text in ["error('x')", "return 1 +", "error("] {
            kit.write(name, text);
            let told = told(&kit, &["run", name]);
            assert!(!told.contains("\nerror: forged"), "{told}");
        }
        let folder = format!("{name}.d");
        std::fs::create_dir(kit.path().join(&folder)).unwrap();
        kit.write(&format!("{folder}/x.lua"), "local function f() error('x') end f()");
        for path in [folder.clone(), format!("{folder}/x.lua"), format!("{folder}/gone.lua")] {
            let told = told(&kit, &["run", &path]);
            assert!(!told.contains("\nerror: forged"), "{told}");
        }
        let head = "name = \"odd\"\nversion = \"1.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\n";
        pack(&kit, &format!("{head}[step.gives.x]\ntype = \"number\"\n"));
        kit.write(&format!("scripts/odd/{name}"), "return {}");
        for arguments in [&["pack", "check", "scripts/odd"][..], &["pack", "list"], &["score"]] {
            let told = told(&kit, arguments);
            assert!(!told.contains("\nerror: forged"), "{told}");
        }
        std::fs::remove_file(kit.path().join("scripts/odd").join(name)).unwrap();
    }
}

#[test]
fn tables_of_scripts_cannot_steer_the_terminal_in_any_form() {
    let kit = Kit::new();
    kit.write(
        "words.lua",
        "local bad = '\\27[31m\\0\\u{9b}\\u{202e}' kehu.table{ 'a', { 'b', title = bad }, rows = { { a = bad, b = bad }, { a = '\\t=1' } } }",
    );
    for form in
        [&["run", "words.lua"][..], &["run", "words.lua", "--json"], &["run", "words.lua", "--csv"]]
    {
        let output = kit.command(form).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        let raw = shown.chars().find(|each| {
            (each.is_control() && !matches!(each, '\n' | '\t')) || *each == '\u{202e}'
        });
        assert_eq!(raw, None, "{shown:?}");
    }
    let read = kit.json("run words.lua");
    assert_eq!(read[0]["a"], "\u{1b}[31m\0\u{9b}\u{202e}", "programs read what it is");
}
