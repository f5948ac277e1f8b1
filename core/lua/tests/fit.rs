//! What `fit` sees and what it may return.

use kehu_contract::{Pack as _, PackError};
use serde_json::{Value as Json, json};

use crate::kit::{Base, NONE, open};

fn fit(body: &str) -> Result<Json, PackError> {
    let manifest = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nfit = \"look\"\nneeds = [\"days\", \"name\", \"vip\"]\n[step.gives.points]\ntype = \"number\"\n";
    let main = format!(
        "return {{ score = function() return {{}} end, look = function(c, ctx)\n{body}\nend }}"
    );
    let base = Base::default()
        .numbers("days", &[4.0, 1.0, NONE, 3.0, 2.0])
        .texts("name", &[Some("a"), Some("b"), Some("a"), None, Some("a")])
        .flags("vip", &[1, 0, 2, 1, 1])
        .columns();
    open(manifest, &main)?.fit(0, &base)
}

#[test]
fn the_figures_of_a_column() {
    let state = fit(
        "local d = c.days
         return {
           mean = d:mean(), median = d:median(), low = d:quantile(0.25), least = d:min(), most = d:max(),
           sum = d:sum(), count = d:count(), names = c.name:count_by(), vips = c.vip:count_by(),
           cuts = { d:cut_after(0.25), d:cut_after(0.26), d:cut_after(1), d:cut_after_count(3) },
           of_vips = d:where(c.name):sum(), nobody = d:cut_after(0), day = ctx.as_of,
         }",
    )
    .unwrap();
    assert_eq!(
        state,
        json!({
            "mean": 2.5, "median": 2.5, "low": 1.75, "least": 1, "most": 4, "sum": 10, "count": 4,
            "names": { "a": 3, "b": 1 }, "vips": { "yes": 3, "no": 1 },
            "cuts": [4, 3, 1, 2], "of_vips": 7, "day": 20000,
        })
    );
}

#[test]
fn a_state_is_plain_and_small() {
    let cases = [
        ("return { x = 0/0 }", "what look returned.x is not a number (0/0) or infinite"),
        (
            "return { x = print }",
            "what look returned.x is a function; plain tables, numbers and texts only",
        ),
        ("local t = {} t.t = t return t", "nested too deeply, or holds itself"),
        (
            "return { 1, x = 2 }",
            "what look returned mixes a list with named fields; use one of them",
        ),
        (
            "return setmetatable({}, { __index = function() while true do end end })",
            "what look returned has a metatable; plain tables only",
        ),
        (
            "return { x = string.rep(\"x\", 70000) }",
            "look returned 70008 bytes, the limit is 65536",
        ),
        ("return c.name:mean()", "name:mean() needs a column of numbers"),
        ("return c.days:quantile(2)", "days:quantile(q): q is 2, expected 0 to 1"),
        ("return c.day:mean()", "needs has no \"day\""),
        ("while true do end", "fit took more than 50 ms"),
    ];
    for (body, expected) in cases {
        let error = fit(body).unwrap_err();
        assert!(error.message.contains(expected), "{body}: {error}");
    }
    let dot = fit("return c.days.mean()").unwrap_err();
    assert!(dot.hint.is_some(), "{dot}");
}
