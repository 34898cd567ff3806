using System.Security.Cryptography;
using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Benchmarks.Scrub;

/// <summary>From file to new file, beside copying and hashing the file, and beside the programs of others.</summary>
internal sealed class FileRounds(BenchReport report, string folder)
{
    private const string Ours = "scrub, file to file", InMemory = "scrub, in memory", CopyAndHash = "copy and hash", Copy = "copy", Exiftool = "exiftool -stay_open";

    private readonly string to = Path.Combine(folder, "clean.jpg");

    internal void Copying(byte[] jpeg)
    {
        var from = Write("jpeg.jpg", jpeg);
        var rounds = new Rounds("jpeg file to file")
            .Add(Ours, _ => CleanFile(from, to), Clear)
            .Add(Copy, _ => File.Copy(from, to), Clear)
            .Add(CopyAndHash, _ =>
            {
                File.Copy(from, to);
                using var file = File.OpenRead(from);
                SHA256.HashData(file);
            }, Clear)
            .Run(report.Quick ? 60 : 400, 20, TimeSpan.FromSeconds(40));
        rounds.Tell(report, jpeg.Length);
        report.Figure("jpegFileCopyRatio", rounds.Ratio(Ours, CopyAndHash));
    }

    /// <summary>One exiftool for all pictures. All get the same picture over and over, so that it is in the caches for all of them.</summary>
    internal void Staying(byte[] jpeg)
    {
        if (!Programs.Has("exiftool"))
        {
            Console.Error.WriteLine("Left out: exiftool (not installed).");
            return;
        }

        var from = Write("jpeg.jpg", jpeg);
        using var exiftool = new StayingExiftool();
        var rounds = new Rounds("jpeg beside one exiftool")
            .Add(InMemory, _ => PictureScrubber.Scrub(jpeg).Dispose(), times: 20)
            .Add(Ours, _ => CleanFile(from, to), Clear)
            .Add(Exiftool, _ => exiftool.Clean(from, to), Clear)
            .Run(report.Quick ? 40 : 300, 5, TimeSpan.FromSeconds(40));
        rounds.Tell(report, jpeg.Length);
        report.Figure("jpegExiftoolSpeedup", rounds.Ratio(Exiftool, InMemory));
        report.Figure("jpegFileSpeedup", rounds.Ratio(Exiftool, Ours));
    }

    /// <summary>A process for each picture, and what each leaves of the words that were planted.</summary>
    internal void Processes(byte[] jpeg)
    {
        var planted = new PlantedPicture(jpeg);
        var from = Write("planted.jpg", planted.File);
        var rounds = new Rounds("jpeg beside other programs").Add(Ours, _ => CleanFile(from, to), Clear);
        var judged = new Dictionary<string, object?> { [Ours] = Judge(planted, from, CleanFile) };
        foreach (var (name, program, clean) in PeerPrograms.All)
        {
            if (!Programs.Has(program))
            {
                Console.Error.WriteLine($"Left out: {name} (not installed).");
                continue;
            }

            judged[name] = Judge(planted, from, clean);
            rounds.Add(name, _ => clean(from, to), Clear);
        }

        rounds.Run(report.Quick ? 3 : 15, 1, TimeSpan.FromSeconds(report.Quick ? 20 : 120));
        rounds.Tell(report, planted.File.Length, name => judged[name]);
    }

    private static void CleanFile(string from, string to)
    {
        using var file = PictureFile.Read(from);
        using var clean = PictureScrubber.Scrub(file.Bytes);
        PictureFile.Write(to, clean.Bytes.Span);
    }

    private object Judge(PlantedPicture planted, string from, Action<string, string> clean)
    {
        clean(from, to);
        var judged = planted.Judge(to);
        Clear();
        return judged;
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private void Clear() => File.Delete(to);
}
