using System.Diagnostics;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Decoders of others, from Debian packages; a missing one fails the test that needs it.</summary>
internal static class Tools
{
    /// <summary>Pixels as PPM or PGM by libjpeg-turbo (package libjpeg-turbo-progs), metadata ignored.</summary>
    internal static byte[] Djpeg(ReadOnlyMemory<byte> jpeg) => Run("djpeg", jpeg, "-pnm");

    /// <summary>All that exiftool prints, unknown tags and embedded pictures included (package libimage-exiftool-perl).</summary>
    internal static string Exiftool(ReadOnlyMemory<byte> file) =>
        System.Text.Encoding.UTF8.GetString(Run("exiftool", file, "-config", "", "-a", "-G1", "-u", "-ee3", "-s", "-"));

    /// <summary>The same coefficients in progressive scans.</summary>
    internal static byte[] Progressive(byte[] jpeg) => Run("jpegtran", jpeg, "-copy", "all", "-progressive");

    /// <summary>The same coefficients with a restart mark after each row of blocks.</summary>
    internal static byte[] Restarting(byte[] jpeg) => Run("jpegtran", jpeg, "-copy", "all", "-restart", "1");

    /// <summary>Why the oracle that lies beside the real pictures does not pass a clean file; empty where it does.</summary>
    internal static IReadOnlyList<string> Oracle(string clean, string original)
    {
        var answer = Run("python3", default, Path.GetFullPath(Path.Combine(PhotosFolder.Path, "..", "check", "oracle.py")), "--json", clean, original);
        using var told = System.Text.Json.JsonDocument.Parse(answer);
        return [.. told.RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
    }

    private static byte[] Run(string program, ReadOnlyMemory<byte> input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var feed = Task.Run(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(input.Span);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The program had seen enough.
            }
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        feed.Wait();
        process.WaitForExit();
        return output.ToArray();
    }
}
