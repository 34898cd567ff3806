using PhotoGuard.Ingest.Metadata;
using PhotoGuard.Ingest.Photos;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Tests.Ingest.Photos;

/// <summary>P5: images are made on school equipment only.</summary>
public sealed class CameraRuleTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_devices_own_pictures_are_the_schools() => Assert.Equal(CameraSeen.School, CameraRule.Of(Of("Apple", "iPad (9th generation)"), true, "iPad (9th generation)"));

    [Fact]
    public void Case_and_the_makers_name_before_the_model_make_no_difference()
    {
        Assert.Equal(CameraSeen.School, CameraRule.Of(Of("Apple", "iPad (9th generation)"), true, " IPAD (9th Generation) "));
        Assert.Equal(CameraSeen.School, CameraRule.Of(Of("Apple", "iPad (9th generation)"), true, "Apple iPad (9th generation)"));
    }

    [Fact]
    public void A_picture_from_a_phone_is_seen_even_when_an_iPad_sends_it() =>
        Assert.Equal(CameraSeen.Other, CameraRule.Of(Of("Apple", "iPhone 15"), true, "iPad (9th generation)"));

    [Fact]
    public void A_camera_that_no_school_device_sends_from_is_another() => Assert.Equal(CameraSeen.Other, CameraRule.Of(Of("Apple", "iPad (9th generation)"), false, null));

    [Fact]
    public void Where_ICT_gave_no_model_nothing_is_compared() => Assert.Equal(CameraSeen.School, CameraRule.Of(Of("Apple", "iPhone 15"), true, null));

    [Fact]
    public void Neither_make_nor_model_is_unknown_flagged_and_never_refused()
    {
        Assert.Equal(CameraSeen.Unknown, CameraRule.Of(Of(null, null), true, "iPad (9th generation)"));
        Assert.Equal(CameraSeen.Unknown, CameraRule.Of(Of(null, null), false, null));
        Assert.Equal(["camera-unknown"], CameraRule.Flags(CameraSeen.Unknown));
    }

    [Fact]
    public void Where_others_are_refused_no_attestation_helps() =>
        Assert.Equal("camera-not-of-the-school", Refused(OtherCameras.Refuse, Now, attested: true));

    [Fact]
    public void Where_others_are_flagged_they_are_taken()
    {
        Assert.Null(Refused(OtherCameras.Flag, Now.AddDays(-40), attested: false));
        Assert.Equal(["camera-other"], CameraRule.Flags(CameraSeen.Other));
    }

    [Fact]
    public void Where_it_is_attested_within_24_hours_a_phones_picture_is_taken()
    {
        Assert.Null(Refused(OtherCameras.Attest, Now.AddHours(-24), attested: true));
        Assert.Equal("attestation-needed", Refused(OtherCameras.Attest, Now.AddHours(-24), attested: false));
        Assert.Equal("camera-not-of-the-school", Refused(OtherCameras.Attest, Now.AddHours(-24).AddSeconds(-1), attested: true));
    }

    [Theory]
    [InlineData(PolicyProfile.Strict, OtherCameras.Refuse)]
    [InlineData(PolicyProfile.WorkplacePreferred, OtherCameras.Flag)]
    [InlineData(PolicyProfile.CentralStore, OtherCameras.Refuse)]
    [InlineData(PolicyProfile.EventPhone, OtherCameras.Attest)]
    [InlineData(PolicyProfile.MisConsent, OtherCameras.Refuse)]
    public void Each_profile_starts_with_what_its_policy_says(PolicyProfile profile, OtherCameras expected) =>
        Assert.Equal(expected, PolicySwitches.Of(profile, Guid.NewGuid()).OtherCameras);

    private static PictureReading Of(string? make, string? model) => new(Now, TakenFrom.Picture, make, model, HasLocation: false);

    private static string? Refused(OtherCameras terms, DateTimeOffset takenAt, bool attested) =>
        (Record.Exception(() => CameraRule.MustTakeOther(terms, takenAt, Now, attested)) as Refusal)?.Type;
}
