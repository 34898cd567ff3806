using System.Globalization;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Iptc;
using MetadataExtractor.Formats.Xmp;
using PhotoGuard.Records.Staff;

namespace PhotoGuard.Workers.Demo;

/// <summary>What became of a picture that was sent.</summary>
/// <param name="Id">Null where it was refused, or is there already and hidden.</param>
/// <param name="Sentence">Why it was refused.</param>
internal sealed record DemoSent(DemoShot Shot, Guid? Id, string? Sentence = null);

/// <summary>The pictures' way through the API: sent by the teacher, linked, screened, reported. What is done already is left as it is.</summary>
internal sealed class DemoCamera(IReadOnlyDictionary<Role, DemoCaller> people, DateTimeOffset now, TextWriter output)
{
    private readonly DemoCaller teacher = people[Role.Teacher];
    private readonly Dictionary<string, Guid> activities = [];
    private int sentWithPlace;

    public async Task PutActivityAsync(DemoActivity activity, CancellationToken cancel)
    {
        var known = (await teacher.GetAsync("activities?limit=500", cancel)).Must(200).Items
            .FirstOrDefault(item => item.GetProperty("title").GetString() == activity.Title);
        var there = known.ValueKind == System.Text.Json.JsonValueKind.Object;
        var heldOn = DateOnly.FromDateTime(now.DateTime).AddDays(-activity.HeldDaysAgo);
        var id = there ? known.GetProperty("id").GetGuid() : (await teacher.PostAsync("activities", new
        {
            title = activity.Title,
            purpose = activity.Purpose,
            heldOn,
            heldUntil = heldOn.AddDays(1),
            channels = activity.Channels,
            afterwards = "Deleted when their time is over; the school makes no prints.",
        }, cancel)).Must(201).Id;
        activities[activity.Title] = id;
        if (activity.Decision is null || (there && known.TryGetProperty("approval", out _))) return;
        (await people[Role.Screener].PostAsync($"activities/{id}/approval", new { decision = activity.Decision }, cancel)).Must(200);
    }

    /// <summary>Sends the picture; one that is there from an earlier start is found again.</summary>
    public async Task<DemoSent> SendAsync(DemoShot shot, bool meantToBeRefused, CancellationToken cancel)
    {
        var file = shot.Bytes(now);
        if (HasPlace(file)) sentWithPlace++;
        var answer = await teacher.UploadAsync($"photos?activity={activities[shot.Activity]}", file, cancel);
        if (meantToBeRefused || answer.Status == 201)
            return answer.Status == 201 ? new(shot, answer.Id) : new(shot, null, answer.Sentence);
        if (answer.Problem is not ("duplicate" or "destroyed-before")) answer.Must(201);
        return new(shot, answer.Json.TryGetProperty("existing", out var existing) ? existing.GetGuid() : null);
    }

    public async Task LinkAsync(DemoSent sent, CancellationToken cancel)
    {
        if (sent is not { Id: { } id, Shot.Pupils: { } pupils }) return;
        (await teacher.PutAsync($"photos/{id}/pupils", new { pupils, nobodyElse = true }, cancel)).Must(200);
        if (sent.Shot.Alt is { } alt) (await teacher.PutAsync($"photos/{id}/description", new { alt }, cancel)).Must(200);
    }

    public async Task ScreenAsync(DemoSent sent, CancellationToken cancel)
    {
        if (sent is not { Id: { } id, Shot.Screening: { } decision }) return;
        if ((await PhotoAsync(id, cancel)).Text("screening") == decision) return;
        (await people[Role.Screener].PostAsync($"photos/{id}/screening", new { decision, reason = decision == "rejected" ? "Out of focus." : null }, cancel))
            .Must(200);
    }

    public async Task ReportAsync(DemoSent sent, CancellationToken cancel)
    {
        if (sent is not { Id: { } id, Shot.Concern: true }) return;
        (await teacher.PostAsync($"photos/{id}/concerns", new { kind = "other", note = "A child is crying in the background." }, cancel)).Must(201);
    }

    /// <summary>Waits until the web size of each is there, looks into it for a place, and says how many had one.</summary>
    /// <exception cref="IOException">One was not there within a minute more, or has a place in it.</exception>
    public async Task LookAsync(IReadOnlyList<DemoSent> sent, CancellationToken cancel)
    {
        var withPlace = 0;
        foreach (var one in sent)
            if (one.Id is { } id && HasPlace(await WebAsync(id, cancel))) withPlace++;
        var looked = sent.Count(one => one.Id is not null);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{sentWithPlace} pictures were sent with the place where they were taken; of the {looked} stored ones {withPlace} have one."));
        if (withPlace > 0) throw new IOException("A stored picture still says where it was taken.");
    }

    /// <summary>The photo as the office sees it, reasons about children included.</summary>
    public Task<DemoAnswer> PhotoAsync(Guid id, CancellationToken cancel) => people[Role.Office].GetAsync($"photos/{id}", cancel);

    private async Task<byte[]> WebAsync(Guid id, CancellationToken cancel)
    {
        using var minute = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        minute.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            while (true)
            {
                var web = await people[Role.Screener].GetAsync($"photos/{id}/renditions/web", minute.Token);
                if (web.Status == 200) return web.Bytes;
                if (web.Problem != "rendition-not-ready") web.Must(200);
                await Task.Delay(200, minute.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException("The sizes of a picture were not made within a minute; the workers' log says why.");
        }
    }

    /// <summary>Whether a reader that others wrote finds a place: GPS in Exif, a city in IPTC, either in XMP.</summary>
    private static bool HasPlace(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file);
            var found = ImageMetadataReader.ReadMetadata(stream);
            return found.OfType<GpsDirectory>().Any(gps => gps.TagCount > 0)
                || found.OfType<IptcDirectory>().Any(iptc => iptc.ContainsTag(IptcDirectory.TagCity))
                || found.OfType<XmpDirectory>().Any(xmp => xmp.GetXmpProperties().Keys.Any(key =>
                    key.Contains("GPS", StringComparison.Ordinal) || key.Contains("City", StringComparison.Ordinal)));
        }
        catch (ImageProcessingException)
        {
            return false;
        }
    }
}
