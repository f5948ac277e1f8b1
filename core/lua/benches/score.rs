//! Probe.
use mlua::*;
use std::time::Instant;
fn main() {
    let lua = Lua::new_with(
        StdLib::TABLE
            | StdLib::STRING
            | StdLib::MATH
            | StdLib::BUFFER
            | StdLib::BIT
            | StdLib::COROUTINE
            | StdLib::UTF8,
        LuaOptions::new().catch_rust_panics(false),
    )
    .unwrap();
    let f: Function = lua
        .load("return function(n) local x = 0 for i = 1, n do x = x + i end return x end")
        .eval()
        .unwrap();
    for mode in 0..3 {
        let c = std::rc::Rc::new(std::cell::Cell::new(0u64));
        if mode == 1 {
            let c = c.clone();
            lua.set_interrupt(move |_| {
                c.set(c.get() + 1);
                Ok(VmState::Continue)
            });
        }
        if mode == 2 {
            lua.set_memory_limit(256 << 20).unwrap();
        }
        let t = Instant::now();
        let _x: f64 = f.call(10_000_000).unwrap();
        println!(
            "mode {mode}: {:.1} ns an iteration, {} interrupts",
            t.elapsed().as_nanos() as f64 / 1e7,
            c.get()
        );
    }
}
