//! The versions of packs.

/// Reads the version of a pack: one to three numbers, `1`, `1.2` or `1.2.3`, and what semantic
/// versioning allows behind three. None where it is no version.
pub fn parse_version(version: &str) -> Option<semver::Version> {
    let missing = ["", ".0.0", ".0"];
    let short = version.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let parts = version.split('.').count();
    let rest = if short && parts < 3 { missing[parts] } else { "" };
    semver::Version::parse(&format!("{version}{rest}")).ok()
}
