//! Names of files that were written, as links (OSC 8) where a terminal can open them.

use std::path::Path;

/// The name of a file, for standard error.
#[cfg(unix)]
pub fn to_file(name: &Path) -> String {
    let text = name.display();
    match name.canonicalize() {
        Ok(path) if supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr) => {
            let host = rustix::system::uname();
            let address = address(&host.nodename().to_string_lossy(), &path);
            format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
        }
        _ => text.to_string(),
    }
}

#[cfg(not(unix))]
pub fn to_file(name: &Path) -> String {
    name.display().to_string()
}

/// A file as an address, with the machine that it is on, so that a terminal on another one does not open a file of its own. What
/// has a meaning in addresses, or ends a sequence, is written as bytes.
#[cfg(unix)]
fn address(host: &str, path: &Path) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let byte = |&byte: &u8| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    let path: String = path.as_os_str().as_encoded_bytes().iter().map(byte).collect();
    format!("file://{host}{path}")
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn an_address_has_no_sign_of_another_meaning() {
        let address = |path: &str| super::address("here", path.as_ref());
        assert_eq!(address("/a b/50%-é#1.html"), "file://here/a%20b/50%25-%C3%A9%231.html");
        assert_eq!(address("/\u{1b}\\"), "file://here/%1B%5C");
    }
}
