using System.Text;

namespace PhotoGuard.Tests.Faults.Residue;

/// <summary>The scanner itself: a scanner that finds nothing anywhere would find nothing in what must be empty, too.</summary>
public sealed class ResidueScanTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("photoguard-residue-").FullName;
    private readonly Random random = new(7);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    // At the start, unaligned, across the border of two blocks, at the very end of the file.
    [InlineData(0)]
    [InlineData(4097)]
    [InlineData((1 << 22) - 5)]
    [InlineData(-1)]
    public void A_text_is_found_wherever_it_stands(int at)
    {
        var scan = new ResidueScan();
        scan.Text("name", "Zoë Ängström");
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode })
        {
            Assert.Empty(scan.Find(Noise(null, 0)));
            Assert.Single(scan.Find(Noise(encoding.GetBytes("Zoë Ängström"), at)));
        }
    }

    [Fact]
    public async Task A_named_pipe_holds_nobody_up()
    {
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "pipe"))) await made.WaitForExitAsync();
        var scan = new ResidueScan();
        scan.Text("name", "Zoë Ängström");
        Assert.Empty(await Task.Run(() => scan.Find(folder)).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Any_512_bytes_of_a_content_are_found_and_other_contents_are_not()
    {
        var (scan, content) = (new ResidueScan(), Bytes(100_000));
        scan.Content("picture", content);
        for (var start = 0; start + 512 <= content.Length; start += 33_331)
            Assert.Single(scan.Find(Noise(content.AsSpan(start, 512), 1234 + start)));
        Assert.Single(scan.Find(Noise(content.AsSpan(^512), (1 << 22) - 300)));
        Assert.Empty(scan.Find(Noise(Bytes(100_000), 17)));
    }

    [Fact]
    public void The_name_of_a_file_is_read_too()
    {
        var scan = new ResidueScan();
        scan.Text("name", "IMG_4711_Zoe");
        File.WriteAllText(Path.Combine(folder, "img_4711_zoe.jpg"), "");
        Assert.Single(scan.Find(folder));
    }

    [Fact]
    public void What_cannot_be_told_from_chance_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ResidueScan().Text("name", "Ada"));
        Assert.Throws<ArgumentException>(() => new ResidueScan().Content("zeros", new byte[5000]));
    }

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private string Noise(ReadOnlySpan<byte> planted, int at)
    {
        var noise = Bytes((1 << 22) + 9000);
        planted.CopyTo(noise.AsSpan(at < 0 ? noise.Length - planted.Length : at));
        var path = Path.Combine(folder, "noise");
        File.WriteAllBytes(path, noise);
        return path;
    }
}
