//! The `kehu` binary: hands over to the command line, with the packs that are shipped in it.

use std::process::ExitCode;

use kehu_cli::ShippedPack;

/// Embeds a pack of the folder `scripts`.
macro_rules! pack {
    ($name:literal) => {
        ShippedPack {
            name: $name,
            files: &[
                ("pack.toml", include_str!(concat!("../scripts/", $name, "/pack.toml"))),
                ("main.lua", include_str!(concat!("../scripts/", $name, "/main.lua"))),
            ],
        }
    };
}

/// The packs that every workspace may switch on.
const SHIPPED: &[ShippedPack] = &[pack!("rfm"), pack!("tiers"), pack!("lifecycle")];

fn main() -> ExitCode {
    kehu_cli::main(SHIPPED)
}
