//! Printing.

use std::process::Command;

/// Prints the machine and the versions that were measured.
pub fn heading() {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let rustc =
        Command::new("rustc").arg("--version").output().map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    let rustc = rustc.unwrap_or_default();
    let versions =
        ["hyper", "tokio", "axum", "wiremock", "mockito", "httpmock"].map(|name| format!("{name} {}", version(name)));
    println!("{cores} cores shared by server and load generator, {}, {}.", rustc.trim(), versions.join(", "));
}

/// The version of a package this was built with.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")));
    let version = entry.and_then(|entry| entry.split("version = \"").nth(1)?.split('"').next());
    version.unwrap_or("?")
}

/// A title and the head of a table.
pub fn head(title: &str, columns: &[&str]) {
    println!("\n### {title}\n");
    row(columns.iter().map(|column| (*column).to_owned()));
    row(columns.iter().enumerate().map(|(n, _)| if n == 0 { "---".to_owned() } else { "---:".to_owned() }));
}

/// One row.
pub fn row(cells: impl IntoIterator<Item = String>) {
    let cells: Vec<String> = cells.into_iter().collect();
    println!("| {} |", cells.join(" | "));
}

/// The middle of some figures.
pub fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    match figures.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => figures[n / 2],
        n => f64::midpoint(figures[n / 2 - 1], figures[n / 2]),
    }
}

/// A ratio as it is shown.
pub fn ratio(ratio: f64) -> String {
    format!("{ratio:.2}")
}

/// A number with its thousands apart.
pub fn number(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut shown = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}
