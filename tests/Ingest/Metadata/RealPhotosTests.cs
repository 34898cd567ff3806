using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Tests.Ingest.Pixels;

namespace PhotoGuard.Tests.Ingest.Metadata;

/// <summary>Every file of the folder of real and hostile pictures against what its manifest expects.</summary>
public sealed class RealPhotosTests
{
    // Its grid was overwritten with its Exif item when it was made, and says 19,789 × 42 pixels now.
    private static readonly string[] Overwritten = ["real/heic-0a0640f3-d-heic-exif-idat-3.heic"];

    public static TheoryData<string, string> Files()
    {
        var rows = new TheoryData<string, string>();
        if (PhotosFolder.WhyAbsent is not null)
        {
            rows.Add("absent", "absent");
            return rows;
        }
        foreach (var folder in (string[])["real", "hostile"])
            foreach (var file in Manifest(folder)) rows.Add(folder + "/" + file["file"], file["expected"]);
        return rows;
    }

    [PhotosTheory]
    [MemberData(nameof(Files))]
    public void A_file_gets_the_verdict_of_its_manifest(string file, string expected)
    {
        var bytes = File.ReadAllBytes(Path.Combine(PhotosFolder.Path, file));
        var reading = PictureReading.Read(bytes, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch.AddYears(60));
        ScrubbedPicture picture;
        try
        {
            picture = PictureScrubber.Scrub(bytes);
        }
        catch (PictureRefused refused)
        {
            Assert.True(expected != "accept-and-clean" || refused.Type == "not-a-picture-we-take" || Overwritten.Contains(file), refused.Message);
            return;
        }
        using (picture)
        {
            Assert.NotEqual("refuse", expected);
            PictureCheck.Verify(picture.Bytes.Span);
            Assert.Equal(reading.HasLocation, picture.Removed.Contains(Removed.Location));
            if (picture.Kind == PictureKind.Jpeg) Assert.Equal(Tools.Djpeg(bytes), Tools.Djpeg(picture.Bytes));
            if (picture.Kind == PictureKind.Heic) SamePixels(bytes, picture);
            if (picture.Kind == PictureKind.Webp) Assert.Equal(PaintedPicture.DecodeWebp(bytes), PaintedPicture.DecodeWebp(picture.Bytes.Span));
            using var again = PictureScrubber.Scrub(picture.Bytes);
            Assert.True(again.Bytes.Span.SequenceEqual(picture.Bytes.Span));
            Assert.Empty(again.Removed);
        }
    }

    /// <summary>Transparency is left out: it is dropped from a HEIC, and a flag says so.</summary>
    private static void SamePixels(byte[] before, ScrubbedPicture picture)
    {
        var after = PaintedPicture.DecodeHeic(picture.Bytes.Span);
        Assert.Equal((picture.ShownWidth, picture.ShownHeight), (after.Width, after.Height));
        Assert.True(PaintedPicture.DecodeHeic(before).Pixels.AsSpan().SequenceEqual(after.Pixels));
    }

    [PhotosTheory]
    [InlineData("HEIC")]
    [InlineData("WEBP")]
    public void The_oracle_passes_every_clean_picture_of(string format)
    {
        var folder = Directory.CreateTempSubdirectory("photoguard-oracle-");
        try
        {
            foreach (var row in Manifest("real").Where(row => row["format"] == format && row["expected"] == "accept-and-clean" && !Overwritten.Contains("real/" + row["file"])))
            {
                var file = Path.Combine(PhotosFolder.Path, "real", row["file"]);
                var clean = Path.Combine(folder.FullName, row["file"]);
                using var picture = PictureScrubber.Scrub(File.ReadAllBytes(file));
                File.WriteAllBytes(clean, picture.Bytes.ToArray());
                var reasons = Tools.Oracle(clean, file);
                // The oracle counts a plane of transparency that is gone as a change of pixels.
                if (picture.Flags.Contains("transparency-dropped")) reasons = [.. reasons.Where(reason => !reason.StartsWith("P: PSNR", StringComparison.Ordinal))];
                Assert.True(reasons.Count == 0, row["file"] + ": " + string.Join("; ", reasons));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [PhotosFact]
    public void Every_coordinate_that_the_manifest_knows_is_seen_before_it_is_removed()
    {
        var missed = Manifest("real").Where(row => row["gps"].Length > 0 && (row["format"] is "JPEG" or "PNG" or "WEBP" || (row["format"] is "HEIC" && row["expected"] == "accept-and-clean" && !Overwritten.Contains("real/" + row["file"]))))
            .Where(row => !PictureReading.Read(File.ReadAllBytes(Path.Combine(PhotosFolder.Path, "real", row["file"])), TimeZoneInfo.Utc, DateTimeOffset.UtcNow).HasLocation)
            .Select(row => row["file"]);
        Assert.Empty(missed);
    }

    private static List<Dictionary<string, string>> Manifest(string folder)
    {
        using var reader = new StreamReader(Path.Combine(PhotosFolder.Path, folder, "manifest.csv"));
        var head = Fields(reader.ReadLine()!);
        var rows = new List<Dictionary<string, string>>();
        while (reader.ReadLine() is { } line)
        {
            // A field in quotes may hold a line break.
            while (line.Count(letter => letter == '"') % 2 == 1) line += "\n" + reader.ReadLine();
            var fields = Fields(line);
            if (fields.Count == head.Count) rows.Add(head.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second));
        }
        return rows;
    }

    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var k = 0; k < line.Length; k++)
        {
            if (line[k] == '"' && quoted && k + 1 < line.Length && line[k + 1] == '"') field.Append(line[k++]);
            else if (line[k] == '"') quoted = !quoted;
            else if (line[k] == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(line[k]);
        }
        fields.Add(field.ToString());
        return fields;
    }
}
