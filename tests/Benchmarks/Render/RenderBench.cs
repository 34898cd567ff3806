namespace PhotoGuard.Benchmarks.Render;

/// <summary>
/// <c>render</c>: the pair of 2048 and 512 pixels by the product's sandboxed child and by what others use, in turn; how soon after its
/// acknowledgement a photo can be seen; how a burst is worked off; whether a child stays small.
/// </summary>
public static class RenderBench
{
    public static async Task MeasureAsync(BenchReport report)
    {
        var jpeg = RenderInput.Jpeg();
        var heic = RenderInput.Heic();
        if (heic is null) Console.Error.WriteLine("Left out: heic (libvips finds no HEVC coder).");
        var single = await PairsAsync(report, jpeg, heic);
        if (heic is not null && !report.Quick) await FlatAsync(report, heic);
        await ServiceRounds.MeasureAsync(report, single);
    }

    /// <returns>Milliseconds of one 12-megapixel JPEG by a child that has nothing else to do.</returns>
    private static async Task<double> PairsAsync(BenchReport report, RenderInput jpeg, RenderInput? heic)
    {
        var folder = Directory.CreateTempSubdirectory("photoguard-bench-").FullName;
        try
        {
            using var sharp = SharpPeer.Start();
            if (sharp is null) Console.Error.WriteLine("Left out: sharp (not installed).");
            var pairs = new PairRounds(report, folder, sharp);
            var single = await pairs.MeasureAsync(jpeg, report.Quick ? 5 : 20);
            if (heic is not null) await pairs.MeasureAsync(heic, report.Quick ? 3 : 10);
            if (!report.Quick)
                foreach (var other in RenderInput.Others()) await pairs.MeasureAsync(other, 8);
            return single;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One child that is never replaced: whether decoding HEIC makes it grow.</summary>
    private static async Task FlatAsync(BenchReport report, RenderInput heic)
    {
        const int pictures = 500, warm = 50;
        await using var ours = new OurDecoder(picturesPerChild: pictures + 1);
        List<double> resident = [];
        for (var picture = 1; picture <= pictures; picture++)
        {
            await ours.MakeAsync(heic);
            if (picture % warm == 0) resident.Add(Spent.DecoderResident());
        }
        report.Row(new { part = "flat", pictures, every = warm, residentMb = resident, peakMb = Spent.DecoderPeak() });
        report.Figure("heicGrowthMb", resident[^1] - resident[0]);
        report.Figure("heicPeakMb", Spent.DecoderPeak());
    }
}
