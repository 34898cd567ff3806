using PhotoGuard.Ingest.Metadata;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Pictures from files and into files.</summary>
public sealed class PictureFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-").FullName;

    [Fact]
    public void A_file_is_read_whole_and_its_bytes_are_gone_afterwards()
    {
        var path = Path.Combine(folder, "one.jpg");
        File.WriteAllBytes(path, Pictures.Ipad);
        var file = PictureFile.Read(path);
        Assert.Equal(Pictures.Ipad, file.Bytes.ToArray());
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes);
    }

    [Fact]
    public void An_empty_file_is_no_picture()
    {
        var path = Path.Combine(folder, "empty.jpg");
        File.WriteAllBytes(path, []);
        using var file = PictureFile.Read(path);
        Assert.Equal("picture-empty", Assert.Throws<PictureRefused>(() => PictureScrubber.Scrub(file.Bytes)).Type);
    }

    [Fact]
    public void A_file_of_more_than_forty_megabytes_is_refused_unread()
    {
        var path = Path.Combine(folder, "film.mov");
        using (var file = File.Create(path)) file.SetLength(PictureFile.MostBytes + 1L);
        var refused = Assert.Throws<PictureRefused>(() => PictureFile.Read(path));
        Assert.Equal(("picture-too-large", 413), (refused.Type, refused.Status));
    }

    [Fact]
    public void Writing_replaces_what_was_there_and_leaves_nothing_beside_it()
    {
        var path = Path.Combine(folder, "clean.jpg");
        PictureFile.Write(path, [1, 2, 3]);
        PictureFile.Write(path, [4, 5]);
        Assert.Equal([4, 5], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(folder));
        Assert.Throws<DirectoryNotFoundException>(() => PictureFile.Write(Path.Combine(folder, "absent", "clean.jpg"), [1]));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
