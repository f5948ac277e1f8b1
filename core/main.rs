//! The `kehu` binary: hands over to the command line, with the packs that are shipped in it.

use std::process::ExitCode;

use kehu_cli::{Linked, Shipped, ShippedPack, ShippedTemplate};

/// Embeds a pack of the folder `scripts`: its manifest, script and both pages, and further files that are named.
macro_rules! pack {
    ($name:literal $(, $more:literal)*) => {
        ShippedPack {
            name: $name,
            files: &pack!(@files $name, "pack.toml", "main.lua", "tests.lua", "README.md", "README.zh.md" $(, $more)*),
        }
    };
    // One of reports alone answers no hook.
    (reports $name:literal $(, $more:literal)*) => {
        ShippedPack {
            name: $name,
            files: &pack!(@files $name, "pack.toml", "README.md", "README.zh.md" $(, $more)*),
        }
    };
    (@files $name:literal $(, $file:literal)*) => {
        [$(($file, include_str!(concat!("../scripts/", $name, "/", $file)))),*]
    };
}

/// The packs that every workspace may switch on.
const SHIPPED: &[ShippedPack] = &[
    pack!("rfm", "reports/segments.lua"),
    pack!("tiers", "reports/tiers.lua"),
    pack!("lifecycle", "reports/lifecycle.lua"),
    pack!("visit-frequency"),
    pack!("day-planner"),
    pack!("lifecycle-follow-up"),
    pack!("funnel-follow-up", "reports/funnel.lua"),
    pack!("contact-caps"),
    pack!("complaints", "reports/complaints.lua"),
    pack!("priority"),
    pack!("dealer-attitude", "reports/attitude.lua"),
    pack!(
        "prospects",
        "brands.lua",
        "canvass.lua",
        "items.lua",
        "reports/sources.lua",
        "reports/canvass-form.lua",
        "reports/canvass-day.lua",
        "reports/canvass-week.lua"
    ),
    pack!("ownership", "reports/coverage.lua", "reports/pool.lua"),
    pack!("customer-file", "facts.lua", "reports/files.lua"),
    pack!("growth", "reports/growth.lua"),
    pack!("loyalty", "reports/loyalty.lua"),
    pack!("stage-rules", "reports/aidmas.lua"),
    pack!("guidance"),
    pack!("follow-up-strategies"),
    pack!("care"),
    pack!("key-accounts", "reports/groups.lua", "reports/risk.lua"),
    pack!("service-policy", "reports/effort.lua", "reports/upgrade.lua"),
    pack!("first-recommendation"),
    pack!("visit-results", "reports/failures.lua", "reports/weekly-headings.lua"),
    pack!("feedback", "reports/suggestions.lua"),
    pack!("forecast", "reports/forecast.lua"),
    pack!("competitors", "reports/competitors.lua"),
    pack!("development-plan", "reports/development-plan.lua"),
    pack!(reports "rep-reports", "reports/work.lua", "reports/day.lua", "reports/week.lua"),
];

/// The native plugins that every workspace may switch on.
const LINKED: &[Linked] = &[("clv", &kehu_clv::ENTRY)];

/// Embeds a template of the folder `examples/templates`: its settings, mapping and both pages, and the tables of its sample.
macro_rules! template {
    ($name:literal, $title:expr $(, $sheet:literal)* $(,)?) => {
        ShippedTemplate {
            name: $name,
            title: $title,
            files: &template!(@files $name, "kehu.toml", "map.toml", "README.md", "README.zh.md" $(, $sheet)*),
        }
    };
    (@files $name:literal $(, $file:literal)*) => {
        [$(($file, include_str!(concat!("../examples/templates/", $name, "/", $file)))),*]
    };
}

/// The workspaces that `kehu init --template` begins with.
const TEMPLATES: &[ShippedTemplate] = &[
    template!(
        "distributor",
        ["a firm that sells through dealers", "通过经销商销售的企业"],
        "sample/reps.csv",
        "sample/products.csv",
        "sample/dealers.csv",
        "sample/people.csv",
        "sample/cooperations.csv",
        "sample/interactions.csv",
    ),
    template!(
        "software-sales",
        ["a firm that sells software or projects, deal by deal", "逐单推进的软件或项目型销售"],
        "sample/reps.csv",
        "sample/products.csv",
        "sample/accounts.csv",
        "sample/people.csv",
        "sample/deals.csv",
        "sample/activities.csv",
    ),
    template!(
        "retail-membership",
        ["a shop or chain that knows its members by card", "以会员卡识别顾客的门店或连锁"],
        "sample/stores.csv",
        "sample/products.csv",
        "sample/members.csv",
        "sample/receipts.csv",
        "sample/contacts.csv",
    ),
    template!(
        "field-survey",
        ["a team that canvasses streets for new dealers", "扫街开发新客户的团队"],
        "sample/reps.csv",
        "sample/shops.csv",
        "sample/people.csv",
        "sample/visits.csv",
    ),
];

fn main() -> ExitCode {
    kehu_cli::main(Shipped { packs: SHIPPED, plugins: LINKED, templates: TEMPLATES })
}
