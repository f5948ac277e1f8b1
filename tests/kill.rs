//! What is left when the power fails: the whole operation, or nothing of it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kehu_domain::{Day, Entity};
use kehu_sample::Crowd;
use kehu_sqlite::SqliteStore;
use kehu_store::Store as _;
use tempfile::TempDir;

const CROWD: (u64, u64) = (600, 9_000);
/// At how many moments each command is ended.
const MOMENTS: u32 = 9;

/// Holds files to import, and room for workspaces.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let last_day = Day::parse("2026-06-30").unwrap();
        let crowd = Crowd { seed: 3, customers: CROWD.0, interactions: CROWD.1, last_day };
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        let create = |name: &str| File::create(data.join(name)).unwrap();
        crowd.write_customers(&mut create(Crowd::CUSTOMERS)).unwrap();
        crowd.write_interactions(&mut create(Crowd::INTERACTIONS)).unwrap();
        fs::write(folder.path().join("map.toml"), Crowd::MAPPING).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kehu"));
        command.args(words).current_dir(self.path()).env_clear();
        command.env("HOME", self.path()).env("USER", "test").env("KEHU_NOW", "2026-06-30T09:00");
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    fn done(&self, words: &[&str]) -> Duration {
        let begin = Instant::now();
        let Output { status, stderr, .. } = self.command(words).output().unwrap();
        assert!(status.success(), "kehu {words:?}\n{}", String::from_utf8_lossy(&stderr));
        begin.elapsed()
    }

    /// Makes a workspace with the packs that score.
    fn workspace(&self, name: &str) {
        self.done(&["init", name]);
        let packs = "[packs]\non = [\"rfm\", \"tiers\", \"lifecycle\"]\n";
        fs::write(self.path().join(name).join("kehu.toml"), packs).unwrap();
    }

    /// Starts a command and ends it after a while, as a power cut does.
    fn killed_after(&self, words: &[&str], moment: Duration) {
        let mut child = self.command(words).spawn().unwrap();
        std::thread::sleep(moment);
        // It may have come to its end before.
        child.kill().ok();
        child.wait().unwrap();
    }

    fn store(&self, name: &str) -> SqliteStore {
        let store = SqliteStore::open(&self.path().join(name).join("kehu.db")).unwrap();
        assert_eq!(store.check().unwrap(), Vec::<String>::new());
        store
    }
}

/// Moments all over the time that a command takes, closest together at its end, where it commits.
fn moments(whole: Duration) -> impl Iterator<Item = Duration> {
    (1..=MOMENTS).map(move |moment| {
        let left = f64::from(MOMENTS - moment) / f64::from(MOMENTS);
        whole.mul_f64(1.02 - left * left)
    })
}

#[test]
fn an_import_that_is_killed_leaves_all_of_it_or_nothing() {
    let room = Room::new();
    room.workspace("whole");
    let import = |name: &'static str| ["-C", name, "import", "data", "--map", "map.toml"];
    let whole = room.done(&import("whole"));
    for moment in moments(whole) {
        room.workspace("shop");
        room.killed_after(&import("shop"), moment);
        let reader = room.store("shop").read().unwrap();
        let count = |entity| reader.count(entity).unwrap();
        let left = (count(Entity::Customer), count(Entity::Interaction));
        let operations = reader.operations(10).unwrap().len();
        assert!(
            (left, operations) == ((0, 0), 0) || (left, operations) == (CROWD, 1),
            "after {moment:?} of {whole:?}: {left:?} by {operations} operations"
        );
        drop(reader);
        room.done(&import("shop"));
        let reader = room.store("shop").read().unwrap();
        assert_eq!(reader.count(Entity::Interaction).unwrap(), CROWD.1, "after {moment:?}");
        fs::remove_dir_all(room.path().join("shop")).unwrap();
    }
}

#[test]
fn a_score_that_is_killed_leaves_a_whole_run_or_none() {
    let room = Room::new();
    room.workspace("shop");
    room.done(&["-C", "shop", "import", "data", "--map", "map.toml"]);
    let score = ["-C", "shop", "score"];
    let whole = room.done(&score);
    let mut kept = 1;
    for moment in moments(whole) {
        room.killed_after(&score, moment);
        let reader = room.store("shop").read().unwrap();
        let runs = reader.runs().unwrap();
        assert!(runs.len() == kept || runs.len() == kept + 1, "after {moment:?} of {whole:?}");
        assert_eq!(reader.operations(100).unwrap().len(), runs.len() + 1, "after {moment:?}");
        kept = runs.len();
        drop(reader);
        room.done(&["-C", "shop", "explain", "C-1", "tier"]);
    }
    room.done(&score);
}
