using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>
/// The least that destroying photos can cost the disk: as many files of the same sizes in the same folders, deleted one after the other
/// with nothing else done, and the folder above made durable as often as the product does.
/// </summary>
public sealed class UnlinkFloor(BenchService service, FilledPhotos filled)
{
    private const int Together = 250;

    /// <summary>Copies the layout of so many photos beside the store and deletes the copy.</summary>
    /// <returns>Photos a second.</returns>
    public double Measure(IReadOnlyList<Guid> photos)
    {
        var root = Path.Combine(service.Settings.Data, "floor");
        var files = new List<string[]>(photos.Count);
        foreach (var photo in photos)
        {
            var own = Directory.GetFiles(Path.Combine(filled.Store, "photos", photo.ToString()), "*", SearchOption.AllDirectories);
            files.Add(Array.ConvertAll(own, file => Path.Combine(root, Path.GetRelativePath(filled.Store, file))));
            for (var nth = 0; nth < own.Length; nth++)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(files[^1][nth])!);
                File.Copy(own[nth], files[^1][nth]);
            }
        }
        Sync("-f", root);

        var started = Stopwatch.GetTimestamp();
        foreach (var some in files.Chunk(Together))
        {
            foreach (var own in some)
            {
                Array.ForEach(own, File.Delete);
                foreach (var folder in own.Select(Path.GetDirectoryName).Distinct()) Directory.Delete(folder!);
                Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(own[0]))!);
            }
            Sync(Path.Combine(root, "photos"));
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(root, recursive: true);
        return photos.Count / seconds;
    }

    private static void Sync(params string[] arguments)
    {
        using var sync = Process.Start("sync", arguments);
        sync.WaitForExit();
    }
}
