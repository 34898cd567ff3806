namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>What else people clean pictures with: a process for each picture, from a file to a new file.</summary>
internal static class PeerPrograms
{
    /// <summary>Name for the rows, program (Debian package), and what it does. Those that work in place get a copy, which is timed with them.</summary>
    internal static readonly (string Name, string Program, Action<string, string> Clean)[] All =
    [
        ("exiftool, keeping colours", "exiftool", (from, to) => Programs.Run("exiftool", ["-config", "", .. StayingExiftool.KeepsColours, "-o", to, from])),
        ("exiftool -all=", "exiftool", (from, to) => Programs.Run("exiftool", "-config", "", "-all=", "-o", to, from)),
        ("exiftool -gps:all=", "exiftool", (from, to) => Programs.Run("exiftool", "-config", "", "-gps:all=", "-o", to, from)),
        ("jpegtran -copy none", "jpegtran", (from, to) => Programs.Run("jpegtran", "-copy", "none", "-outfile", to, from)),
        ("exiv2 rm", "exiv2", InPlace("exiv2", "rm")),
        ("jhead -purejpg", "jhead", InPlace("jhead", "-purejpg")),
        ("mat2", "mat2", InPlace("mat2", "--inplace")),
        ("mat2 -L", "mat2", InPlace("mat2", "-L", "--inplace")),
    ];

    private static Action<string, string> InPlace(string program, params string[] arguments) => (from, to) =>
    {
        File.Copy(from, to);
        Programs.Run(program, [.. arguments, to]);
    };
}
