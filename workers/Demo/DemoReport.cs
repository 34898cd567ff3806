using System.Text.Json;

namespace PhotoGuard.Workers.Demo;

/// <summary>The table: picture → what became of it, as the service tells it.</summary>
internal sealed class DemoReport(TextWriter output)
{
    /// <summary>The channels that the demo's activities are about; the others are never among them.</summary>
    private static readonly string[] Shown = ["internal", "newsletter", "website"];

    public async Task ReceivedAsync(DemoSent sent, DemoAnswer photo)
    {
        await output.WriteLineAsync($"{sent.Shot.Name,-17} received: location removed");
        await output.WriteLineAsync($"{"",-17} {Fate(sent.Shot, photo)}");
    }

    public async Task RefusedAsync(DemoSent sent)
    {
        await output.WriteLineAsync($"{sent.Shot.Name,-17} {(sent.Id is null ? $"refused: {sent.Sentence}" : "received, though it was meant to be refused")}");
    }

    private static string Fate(DemoShot shot, DemoAnswer photo) => photo.Status switch
    {
        200 => Clearance(photo.Json.GetProperty("clearance")),
        _ when shot.Concern => $"reported: held, and seen by the safeguarding lead alone (the office gets {photo.Status})",
        _ when shot.Screening == "rejected" => $"rejected: hidden at once, destroyed after a minute (the office gets {photo.Status})",
        _ => $"hidden ({photo.Status}): {photo.Sentence}",
    };

    private static string Clearance(JsonElement clearance)
    {
        string Reasons(string channel) =>
            string.Join(", ", clearance.GetProperty(channel).GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()));
        var cleared = Shown.Where(channel => clearance.GetProperty(channel).GetProperty("cleared").GetBoolean()).ToList();
        // internal is the root: where it is missing, nothing else needs a reason.
        if (cleared.Count == 0) return $"cleared for nothing, because {Reasons(Shown[0])}";
        return string.Join("; ",
            Shown.Except(cleared).GroupBy(Reasons).Select(group => $"not cleared for {string.Join(", ", group)} because {group.Key}")
                .Prepend($"cleared for {string.Join(", ", cleared)}"));
    }
}
