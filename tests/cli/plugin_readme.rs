//! What plugins/README.md tells an author to type, in an empty folder.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::kit::Kit;

/// The first block of commands of a text.
fn commands(text: &str) -> String {
    let (_, from) = text.split_once("```sh\n").unwrap();
    from.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_way_to_a_plugin_in_c_works_as_it_is_told_in_both_languages() {
    for file in ["README.md", "README.zh.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plugins").join(file);
        // There is nobody to be asked.
        let script = commands(&std::fs::read_to_string(path).unwrap()).replace(
            "plugin add credit-risk/credit-risk.so",
            "plugin add credit-risk/credit-risk.so --yes",
        );
        let kit = Kit::empty();
        let editor = kit.path().join("../editor");
        std::fs::write(&editor, "#!/bin/sh\nsed -i 's|days\\[row\\] / 10|days[row] / 5|' \"$1\"\n")
            .unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
        let program = Path::new(assert_cmd::cargo::cargo_bin!("kehu"));
        let path = std::env::join_paths(
            std::iter::once(program.parent().unwrap().to_owned())
                .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
        );
        let output = Command::new("sh")
            .args(["-e", "-c", &script])
            .current_dir(kit.path())
            .env_clear()
            .env("PATH", path.unwrap())
            .env("HOME", kit.path().join("../home"))
            .env("EDITOR", &editor)
            .env("KEHU_NOW", "2024-03-01T09:30")
            .env("USER", "ann")
            .output()
            .unwrap();
        let told = kit.told(&output);
        assert!(output.status.success(), "{file}: {told}");
        assert!(told.contains("credit-risk keeps to the rules."), "{file}: {told}");
        assert!(told.contains("[credit-risk 1.0.0, score]"), "{file}: {told}");
    }
}
