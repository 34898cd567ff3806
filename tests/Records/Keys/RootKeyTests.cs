using PhotoGuard.Records.Keys;

namespace PhotoGuard.Tests.Records.Keys;

public sealed class RootKeyTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-keys-").FullName;

    private string KeyFile => Path.Combine(folder, "below", "root.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_is_made_once_and_for_its_owner_only()
    {
        RootKey.LoadOrCreate(KeyFile);
        var bytes = File.ReadAllBytes(KeyFile);
        Assert.Equal(32, bytes.Length);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(KeyFile));
        RootKey.LoadOrCreate(KeyFile);
        Assert.Equal(bytes, File.ReadAllBytes(KeyFile));
    }

    [Fact]
    public async Task Processes_that_start_at_once_agree_on_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => RootKey.LoadOrCreate(KeyFile))));
        Assert.Equal([KeyFile], Directory.GetFiles(Path.GetDirectoryName(KeyFile)!));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_read_or_change_is_refused(UnixFileMode tooMuch)
    {
        RootKey.LoadOrCreate(KeyFile);
        File.SetUnixFileMode(KeyFile, OwnerOnly | tooMuch);
        Assert.Throws<KeyStoreException>(() => RootKey.LoadOrCreate(KeyFile));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_file_of_another_length_is_refused_and_kept(int length)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyFile)!);
        File.WriteAllBytes(KeyFile, new byte[length]);
        File.SetUnixFileMode(KeyFile, OwnerOnly);
        Assert.Throws<KeyStoreException>(() => RootKey.LoadOrCreate(KeyFile));
        Assert.Equal(length, new FileInfo(KeyFile).Length);
    }
}
