namespace PhotoGuard.Api.Pages;

/// <summary>What a page says after something was done: the word stands in the URL, the sentence only here.</summary>
public static class Said
{
    private static readonly Dictionary<string, string> Sentences = new(StringComparer.Ordinal)
    {
        ["started"] = "The activity is started. Senior leadership has to approve it before pictures are sent.",
        ["approved"] = "The activity is approved.",
        ["declined"] = "The activity is declined. Its pictures are shown nowhere.",
        ["saved"] = "Saved.",
        ["taken-back"] = "The picture is taken back. It is no longer shown and is being destroyed.",
        ["reported"] = "Thank you. The picture is locked at once; only the safeguarding lead sees it now.",
        ["accepted"] = "The picture is accepted.",
        ["rejected"] = "The picture is rejected and shown nowhere. It is destroyed in a minute; until then you can undo this.",
        ["locked"] = "The picture is locked at once for the safeguarding lead.",
        ["undone"] = "The rejection is undone: the picture is accepted.",
        ["answered"] = "The answer is recorded and in force.",
        ["invalidated"] = "The answer is marked as recorded in error. It no longer counts.",
        ["erased"] = "The picture is shown nowhere any more and is being destroyed.",
        ["down"] = "Recorded: that copy is down.",
        ["published"] = "Recorded: where the picture was published.",
        ["asked"] = "Noted. A second person has to agree.",
        ["released"] = "The hold is released.",
        ["held"] = "The picture is locked.",
        ["blocked"] = "Pictures of this pupil are blocked everywhere from now on. Nothing is destroyed.",
        ["unblocked"] = "The block is lifted.",
        ["purge-started"] = "The run has started.",
        ["purge-counted"] = "Counted. Nothing was destroyed.",
        ["purge-approved"] = "The run goes on.",
        ["restore-approved"] = "Agreed by two people. The restored records are shown in a moment.",
        ["left"] = "Done: nothing signs in as this person any more.",
        ["second-reset"] = "Done: this person has no second factor any more and is signed out everywhere. Give them a new link when you see them.",
        ["revoked"] = "Done: that device can do nothing any more.",
        ["token-revoked"] = "Done: that token opens nothing any more.",
        ["enrolled"] = "This browser is the school's device now. Sign in to use it.",
        ["done"] = "Done. You are signed out, and nothing more can be sent in your name from here.",
        ["rested"] = "You were signed out, because nobody used this device for a while.",
        ["tried-again"] = "It is tried again now.",
        ["welcome"] = "Welcome. You are signed in.",
    };

    public static string? Sentence(string? word) => word is not null && Sentences.TryGetValue(word, out var sentence) ? sentence : null;
}
