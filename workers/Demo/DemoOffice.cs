using System.Globalization;

namespace PhotoGuard.Workers.Demo;

/// <summary>The office at work: pupils, guardians and their answers, through the API. What is there already is left as it is.</summary>
internal sealed class DemoOffice(DemoCaller office, DemoCaller safeguarding, DateTimeOffset now, DateOnly today)
{
    public async Task FillAsync(CancellationToken cancel)
    {
        foreach (var pupil in DemoPupils.Everyone)
        {
            await PutPupilAsync(pupil, cancel);
            foreach (var word in pupil.Words) await RecordAsync(pupil, word, cancel);
            if (pupil.Block is { } reason) await BlockAsync(pupil, reason, cancel);
        }
    }

    private async Task PutPupilAsync(DemoPupil pupil, CancellationToken cancel)
    {
        (await office.PutAsync($"pupils/{pupil.MisId}", new
        {
            givenName = pupil.GivenName,
            familyName = pupil.FamilyName,
            // Old enough for the whole of a school year.
            dateOfBirth = today.AddYears(-pupil.Years).AddMonths(-2),
            className = pupil.Class,
            leftOn = pupil.LeftDaysAgo is { } days ? today.AddDays(-days) : (DateOnly?)null,
        }, cancel)).Must(200, 201);
        foreach (var guardian in pupil.Words.Select(word => word.By).Where(by => by != "pupil").Distinct())
        {
            (await office.PutAsync($"pupils/{pupil.MisId}/guardians/{guardian}", new
            {
                name = NameOf(pupil, guardian),
                email = $"{pupil.MisId}-{guardian}@families.example",
                responsibility = true,
            }, cancel)).Must(200, 201);
        }
    }

    private async Task RecordAsync(DemoPupil pupil, DemoWord word, CancellationToken cancel)
    {
        var known = (await office.GetAsync($"pupils/{pupil.MisId}/consents?limit=500", cancel)).Must(200).Items;
        foreach (var channel in word.Channels)
        {
            var same = known.FirstOrDefault(answer =>
                answer.GetProperty("channel").GetString() == channel && answer.GetProperty("answer").GetString() == word.Answer
                && answer.GetProperty("by").GetProperty("name").GetString() == NameOf(pupil, word.By));
            var id = same.ValueKind == System.Text.Json.JsonValueKind.Object
                ? same.GetProperty("id").GetGuid()
                : (await office.PostAsync($"pupils/{pupil.MisId}/consents", Body(pupil, word, channel), cancel)).Must(201).Id;
            if (word.InError)
            {
                (await office.PostAsync($"consents/{id}/invalidation", new { reason = "The form belongs to another child." }, cancel)).Must(200);
            }
        }
    }

    private object Body(DemoPupil pupil, DemoWord word, string channel) => new
    {
        channel,
        answer = word.Answer,
        by = new
        {
            kind = word.By == "pupil" ? "pupil" : "guardian",
            name = NameOf(pupil, word.By),
            guardianId = word.By == "pupil" ? null : word.By,
        },
        route = word.Answer == "given" ? "paper" : "phone",
        noticeVersion = "photos-2",
        answeredAt = now.AddDays(-word.DaysAgo).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        expiresOn = word.LastDay is { } days ? today.AddDays(days) : (DateOnly?)null,
    };

    private async Task BlockAsync(DemoPupil pupil, string reason, CancellationToken cancel)
    {
        var standing = (await safeguarding.GetAsync($"pupils/{pupil.MisId}/standing", cancel)).Must(200);
        if (standing.Text("blockReason") is null) (await safeguarding.PostAsync($"pupils/{pupil.MisId}/block", new { reason }, cancel)).Must(200);
    }

    private static string NameOf(DemoPupil pupil, string by) => by switch
    {
        "pupil" => $"{pupil.GivenName} {pupil.FamilyName}",
        "g1" => $"Robin {pupil.FamilyName}",
        _ => $"Alex {pupil.FamilyName}",
    };
}
