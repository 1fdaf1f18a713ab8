//! Options of a runtime that stand in one variable, such as JAVA_TOOL_OPTIONS.

/// Those of a plan, behind what runs that sets something else: a patch replaces the whole variable.
pub fn merged(given: &str, planned: &str) -> String {
    let is_planned = |option: &str| planned.split_whitespace().any(|it| subject(it) == subject(option));
    let others = given.split_whitespace().filter(|option| !is_planned(option));
    others.chain(planned.split_whitespace()).collect::<Vec<_>>().join(" ")
}

/// What an option sets. A JVM with two collectors does not start.
fn subject(option: &str) -> &str {
    let begins = |with| option.starts_with(with);
    match option.split_once('=') {
        _ if begins("-Xmx") || begins("-XX:MaxHeapSize=") => "heap",
        _ if begins("-XX:+Use") && option.ends_with("GC") => "collector",
        Some((name, _)) => name,
        None => option,
    }
}
