using System.Diagnostics;
using PhotoGuard.Benchmarks.Service;

namespace PhotoGuard.Benchmarks.Removal;

/// <summary>
/// The least that destroying photos can cost the disk: as many files of the same sizes in the same folders, deleted with nothing else done,
/// by as many at once as the product has, and the folder above made durable as often. Many at once, since a disk that is told of every
/// freed block (mounted with <c>discard</c>) makes each deletion wait and takes many of them together.
/// </summary>
public sealed class UnlinkFloor(BenchService service, FilledPhotos filled)
{
    // WorkLoop's places for removals, each with the store's deleters.
    private const int Together = 250, Places = 4, Deleters = 4;

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
        Parallel.ForEach(files.Chunk(Together), new ParallelOptions { MaxDegreeOfParallelism = Places }, some =>
        {
            Parallel.ForEach(some, new ParallelOptions { MaxDegreeOfParallelism = Deleters }, Delete);
            Sync(Path.Combine(root, "photos"));
        });
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Directory.Delete(root, recursive: true);
        return photos.Count / seconds;
    }

    private static void Delete(string[] files)
    {
        Array.ForEach(files, File.Delete);
        foreach (var folder in files.Select(Path.GetDirectoryName).Distinct()) Directory.Delete(folder!);
        Directory.Delete(Path.GetDirectoryName(Path.GetDirectoryName(files[0]))!);
    }

    private static void Sync(params string[] arguments)
    {
        using var sync = Process.Start("sync", arguments);
        sync.WaitForExit();
    }
}
